/**
 * The prose that refusals of the API carry as `reason` and `what`, and its Chinese; `{}` stands for a value. Reasons follow
 * “输入无效：”, things that were not found follow “找不到该”, and what is not allowed follows “您无权”.
 */
export const DETAIL_CATALOGUE: Readonly<Record<string, string>> = {
  // What was not found.
  "API key": "密钥",
  community: "社区",
  "coupon campaign": "优惠券活动",
  "coupon redemption": "优惠券领用记录",
  entitlement: "权益",
  "ledger entry": "分录",
  member: "成员",
  notification: "通知",
  "points statement": "积分明细",
  post: "帖子",
  report: "举报",
  space: "空间",
  stage: "阶段",
  thread: "主题",

  // What is not allowed.
  "accept an answer to somebody else's question": "采纳他人提问下的回答",
  "amend posts": "修改他人的帖子",
  "announce here": "在此发布公告",
  "change spaces": "修改空间",
  "close somebody else's poll": "结束他人的投票",
  "create coupon campaigns": "创建优惠券活动",
  "create spaces": "创建空间",
  "delete this post": "删除该帖子",
  "dismiss reports": "驳回举报",
  "edit a post that is older than {} days": "编辑发布超过 {} 天的帖子",
  "edit this post": "编辑该帖子",
  "generate coupon codes": "生成优惠码",
  "grant or revoke entitlements": "授予或收回权益",
  "handle API keys": "管理 API 密钥",
  "hide posts": "隐藏帖子",
  "lock threads": "锁定主题",
  "move threads": "移动主题",
  "pin threads": "置顶主题",
  "remove posts": "移除帖子",
  "slow threads down": "限制主题的发帖频率",
  "take this deletion back": "撤销该删除操作",
  "name moderators": "任命版主",
  "publish badges": "发布徽章",
  "publish point rules": "发布积分规则",
  "restore posts": "恢复帖子",
  "see coupon codes": "查看优惠码",
  "see decisions": "查看决策",
  "see reports": "查看举报",

  // Pages, ids and keys.
  "a page has 1 to {} rows": "每页为 1 至 {} 条",
  "an idempotency key has 1 to {} characters, all of which can be printed": "幂等键应为 1 至 {} 个可见字符",
  "give an id as the API returned it": "请填写 API 返回的 ID",
  "give first/after or last/before, not both": "first/after 与 last/before 只能使用其中一组",
  "give the id of a {}, as the API returned it": "请填写 API 返回的 {} ID",
  "the cursor is not one that this list returned": "该游标不是此列表返回的",
  "the cursor is not one that this list returned; ask for the first page again":
    "该游标不是此列表返回的，请从第一页重新查询",

  // Communities and members.
  "a community's name has 1 to 200 characters": "社区名称应为 1 至 200 个字符",
  "a key has one scope or more": "密钥至少要有一个权限范围",
  "a letter in it carries more than {} marks": "其中有字符的附加符号超过 {} 个",
  "a name has 1 to 80 characters": "名称应为 1 至 80 个字符",
  "a name has no line breaks, control characters or marks that turn the reading direction":
    "名称不能包含换行、控制字符或改变文字方向的标记",
  "a short name has 2 to 40 of a-z, 0-9 and “-”": "短名称应为 2 至 40 个字符，只能使用 a-z、0-9 和“-”",
  "an issuer is an address such as https://id.example.com: other names are reserved for imports":
    "签发者应为地址，例如 https://id.example.com；其他名称保留给导入使用",
  "give an IANA time zone such as Asia/Shanghai": "请填写 IANA 时区，例如 Asia/Shanghai",
  "give the audience of tokens": "请填写令牌的受众（audience）",
  "give the http(s) address of the provider's key set": "请填写身份提供方密钥集的 http(s) 地址",
  "give the https address of the provider's key set": "请填写身份提供方密钥集的 https 地址",
  "give the provider's issuer": "请填写身份提供方的签发者（issuer）",

  // What members have bought.
  "an entitlement ends after it starts": "权益的结束时间应晚于开始时间",
  "give text without control characters, and without spaces around it":
    "内容不能为空，首尾不能有空格，也不能含控制字符",

  // Spaces, threads and posts.
  "a level is 1 to {}": "等级应为 1 至 {}",
  "a staff space is for the staff": "员工空间只对员工开放",
  "a poll has {} to {} options": "投票应有 {} 至 {} 个选项",
  "name at most {} members and posts": "最多提及 {} 位成员和帖子",
  "name one place": "请只指定一个位置",
  "only a thread of the kind poll holds a poll": "只有投票类主题才能包含投票",
  "say what the poll asks": "请填写投票内容",
  "the poll has no such option": "投票中没有该选项",
  "this poll takes one option": "该投票只能选择一个选项",
  "two options of the poll say the same": "投票中有两个选项相同",
  "give a time that is still to come": "请填写将来的时间",
  "name the product that lets members in": "请填写成员须购买的产品",
  "slow mode makes members wait for 0 to {} seconds": "发帖间隔应为 0 至 {} 秒",
  "a question takes answers and comments": "提问下只能发表回答和评论",
  "a short name has 2 to 60 of a-z, 0-9 and “-”": "短名称应为 2 至 60 个字符，只能使用 a-z、0-9 和“-”",
  "a tag has letters and digits, and may hold + # . -": "标签由文字和数字组成，可包含 + # . -",
  "an answer belongs to the question itself: leave the parent out": "回答直接属于提问，请不要指定上级帖子",
  "comment on the post that the comment is on": "不能评论一条评论，请评论它所在的帖子",
  "give at most {} tags": "最多可填 {} 个标签",
  "it holds half of a surrogate pair, which is no character": "内容含有不完整的字符（半个代理对）",
  "it holds the control character {}": "内容含有控制字符 {}",
  "it is empty": "内容为空",
  "it is too large once rendered; use smaller tables": "内容排版后过大，请缩小表格",
  "its HTML tags do not nest": "HTML 标签没有正确嵌套",
  "name the post that this comments on": "请指明评论的是哪个帖子",
  "quotes or lists are nested too deeply": "引用或列表嵌套过深",
  "reply to the post that the comment is on": "不能回复一条评论，请回复它所在的帖子",
  "the post has had no such revision": "该帖子没有这个版本",
  "write at least {} characters": "请至少写 {} 个字",

  // Points and badges.
  "a badge's key has 2 to 60 of a-z, 0-9 and “-”": "徽章的键应为 2 至 60 个字符，只能使用 a-z、0-9 和“-”",
  "a condition on “{}” can ask about nothing": "事件“{}”不支持附加条件",
  "a condition on “{}” can ask about {}": "事件“{}”的条件只能使用 {}",
  "a rule pays 0 to {} of each": "规则发放的经验值和金币各为 0 至 {}",
  "a rule pays 1 to 1000 times a day, or without a cap": "规则每天可发放 1 至 1000 次，或不设上限",
  "a rule pays something": "规则至少要发放经验值或金币",
  "a rule's key has 2 to 60 of a-z, 0-9 and “-”, and starts with a letter":
    "规则的键应为 2 至 60 个字符，只能使用 a-z、0-9 和“-”，并以字母开头",
  "a title has 1 to 80 characters in each language": "每种语言的标题应为 1 至 80 个字符",
  "criteria are all, any, awards, days, experience or level, and at most four deep":
    "授予条件只能是 all、any、awards、days、experience 或 level，且最多嵌套四层",
  "the event “{}” can pay {}": "事件“{}”只能奖励 {}",

  // Coupons.
  "a batch has 1 to {} codes": "每批为 1 至 {} 个优惠码",
  "a campaign ends after it starts": "活动的结束时间应晚于开始时间",
  "a campaign has 1 to {} uses": "活动的总使用次数应为 1 至 {}",
  "a campaign runs ten years at most": "活动最长持续十年",
  "a discount in percent has no currency": "按百分比的折扣不填写币种",
  "a discount in percent is 1 to 100": "折扣百分比应为 1 至 100",
  "a hold lasts 1 to {} minutes": "锁定时长应为 1 至 {} 分钟",
  "a member has 1 to all of the uses": "每位成员的使用次数至少为 1，且不超过总使用次数",
  "a name has 1 to 120 characters": "名称应为 1 至 120 个字符",
  "an amount has a currency such as CNY": "按金额的折扣须填写币种，例如 CNY",
  "an amount is a positive number of minor units (cents, fen)": "金额应为正整数，以最小货币单位（分）计",
  "an order reference has 1 to {} letters, digits or signs without spaces":
    "订单号应为 1 至 {} 个字母、数字或符号，不含空格",
  "name a code or a campaign, and not both": "优惠码和活动请填写其一，且只填其一",
  "the code is mistyped: compare it with the original": "优惠码输入有误，请与原码核对",

  // Policies, decisions and notifications.
  "a policy without a holdout cannot be proven": "没有对照组的策略无法证明效果",
  "each action stands once": "每种动作只能出现一次",
  "give a campaign's id": "请填写活动 ID",
  "give a day as YYYY-MM-DD": "请按 YYYY-MM-DD 填写日期",
  "give from 1 to {} days, the first one first": "请填写 1 至 {} 天的范围，起始日期在前",
  "name 1 to {} notifications": "请指定 1 至 {} 条通知",
  "not a policy": "这不是一份策略",
};
