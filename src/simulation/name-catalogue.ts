import type { Rng } from "../math/rng.ts";
import type { SimulatedLocale } from "./records.ts";

const words = (text: string) => text.split(" ");

const ZH_SURNAMES = words(
  "王 李 张 刘 陈 杨 赵 黄 周 吴 徐 孙 胡 朱 高 林 何 郭 马 罗 梁 宋 郑 谢 韩 唐 冯 于 董 萧 程 曹 袁 邓 许 傅 沈 曾 彭 吕 苏 卢 蒋 蔡 贾 丁 魏 薛 叶 阎 余 潘 杜 戴 夏 钟 汪 田 任 姜 范 方 石 姚 谭 廖 邹 熊 金 陆 郝 孔 白 崔 康 毛 邱 秦 江 史 顾 侯 邵 孟 龙 万 段 雷 钱 汤 尹 黎 易 常 武 乔 贺 赖 龚 文",
);
const ZH_GIVEN = words(
  "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 霞 平 刚 晨曦 雨桐 子涵 浩然 梓萱 思远 佳怡 一鸣 若曦 宇航 欣怡 俊杰 诗涵 志远 梦琪 天佑 雅婷 建华 晓明 文静 海燕 春梅 国强 丽娜 小龙 嘉懿 煜城 懿轩 烨伟 苑博 鹏涛 炎彬 鹤轩 语嫣 芷若 清妍 书瑶 安琪 可欣 亦凡 知夏 南乔 景行 行知 怀瑾 云舒 星野 沐阳 以宁 子墨 乐天 思齐 望舒 青禾 立夏 晚晴 言午 如意 小满 向阳 念慈 秋实 冬阳 慧敏 永康 德华 家豪 启明 振宇 倩 璐 婷 琳 凯 斌 鑫 瑞 博文 雪莹 美玲 淑芬 卫东 红梅",
);
const ZH_NICKNAMES = words(
  "早睡的猫 小鱼干 阿泽 南山有雪 慢慢来 一颗土豆 在路上 番茄炒蛋 半糖去冰 风吹麦浪 Vivian林 老张爱学习 柠檬不酸 木子李 深夜的灯 努力的蜗牛 北方有佳人 Kevin陈 三餐四季 海盐汽水 晚风 今天也要加油 山里的风 橘子汽水 大白兔奶糖 陈同学 小周学数据 阿May 图图妈妈 二十七画生 不吃香菜 松鼠桂鱼 云上的日子 Echo 雨天读书 十一点睡觉 快乐星期八 老猫 小溪流 秋刀鱼",
);
const EN_FIRST = words(
  "Emma Liam Olivia Noah Ava Ethan Sophia Lucas Mia Mason Amelia Logan Harper James Evelyn Aiden Priya Arjun Ananya Rohan Fatima Omar Leila Yusuf Sofia Mateo Camila Diego Ingrid Lars Anna Felix Chloe Hugo Manon Jules Aoife Sean Niamh Callum Grace Daniel Hannah Samuel Ruth Isaac Zoe Adam Nadia Tomas Elena Pavel Katya Dmitri Mei Kenji Yuki Hana Min Jisoo Amara Chidi Ngozi Kwame Thandi Sipho Maria Jose Ana Pedro Lucia Carlos Beatriz Rafael Julia Oscar Clara Victor Nora Elias Freya Otto Iris Theo Maya Leo Alice Jack Ella Ben Kate Tom Lucy Will Rose Max Eva",
);
const EN_LAST = words(
  "Smith Johnson Williams Brown Jones Miller Davis Wilson Anderson Taylor Moore Martin Lee Thompson White Clark Lewis Walker Hall Young King Wright Scott Green Baker Adams Nelson Hill Campbell Mitchell Roberts Carter Phillips Evans Turner Parker Collins Edwards Stewart Murphy Kelly O'Brien Sharma Patel Gupta Singh Nair Iyer Khan Ahmed Hassan Ali Garcia Martinez Lopez Silva Santos Costa Rossi Bianchi Müller Schmidt Weber Fischer Dubois Laurent Moreau Jansen Visser Novak Kowalski Nielsen Hansen Berg Lindqvist Tanaka Sato Kim Park Nguyen Tran Okafor Mensah Dlamini Botha Cohen Levy Murray Reid Fraser Gallagher Byrne Walsh",
);
const EN_NICKNAMES = words(
  "mara_k slowlearner42 CoffeeFirst thirdtimelucky jo.writes pandasfan NightOwlNina datadad quietmouse hello_hari TeaAndVerbs bex BikeCommuter papercut_pete lostinloops weekendlearner SamTheElder oat_milk notabot_honest kiwi_in_berlin firstdraft_fran plotTwist sundaycoder amateur_hour Jules.R dusty_keyboard rainyday_ruby",
);

/** A name as people show it in a forum: mostly their own, some with a nickname. Two members may share one. */
export function drawDisplayName(rng: Rng, locale: SimulatedLocale): string {
  if (locale === "zh-CN") {
    if (rng.chance(0.22)) return decorate(rng, rng.pick(ZH_NICKNAMES));
    return rng.pick(ZH_SURNAMES) + rng.pick(ZH_GIVEN);
  }
  if (rng.chance(0.15)) return decorate(rng, rng.pick(EN_NICKNAMES));
  const first = rng.pick(EN_FIRST);
  if (rng.chance(0.2)) return `${first} ${rng.pick(EN_LAST).charAt(0)}.`;
  return `${first} ${rng.pick(EN_LAST)}`;
}

/** Nicknames are taken; the next to want one adds a number. */
function decorate(rng: Rng, nickname: string): string {
  return rng.chance(0.45) ? nickname : `${nickname}${rng.int(2, 99)}`;
}

/** Where members of a language live, with how many of a hundred. */
export const HOMES: Readonly<Record<SimulatedLocale, { zones: readonly string[]; weights: readonly number[] }>> = {
  "zh-CN": {
    zones: ["Asia/Shanghai", "Asia/Hong_Kong", "Asia/Singapore", "Australia/Sydney", "America/Vancouver"],
    weights: [88, 3, 4, 2, 3],
  },
  en: {
    zones: [
      "America/New_York",
      "America/Los_Angeles",
      "Europe/London",
      "Europe/Berlin",
      "Asia/Kolkata",
      "Africa/Lagos",
      "Australia/Sydney",
      "America/Sao_Paulo",
    ],
    weights: [25, 16, 19, 11, 14, 5, 6, 4],
  },
};
