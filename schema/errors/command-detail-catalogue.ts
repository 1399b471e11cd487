/** The prose that refusals of the command line and of imports carry, and its Chinese; `{}` stands for a value. */
export const COMMAND_DETAIL_CATALOGUE: Readonly<Record<string, string>> = {
  // Commands.
  "community: create one with `rekindle community create`, or import one":
    "社区（请用 `rekindle community create` 创建，或导入一个）",
  "redo {}: it acts on members, once, and is never redone": "重做 {}：它对成员只生效一次，不会重做",
  "there is no stage {}; the stages are {}": "没有阶段 {}；可用的阶段有 {}",

  // What is wrong with a file, which the sentence has named.
  "does not begin with <{}>": "开头不是 <{}>",
  "does not exist": "文件不存在",
  "ends before its closing tag </{}>, after row {}: it was cut short":
    "缺少结束标签 </{}>，在第 {} 行之后中断，文件不完整",
  "ends too early: it was cut short": "内容提前结束，文件不完整",
  "holds more than one dump ({})": "其中有不止一份导出数据（{}）",
  "holds no records": "其中没有任何记录",
  "holds no {}": "其中没有 {}",
  "is a folder": "这是一个文件夹",
  "is a {} archive": "这是 {} 压缩包",
  "is damaged: its contents do not add up": "文件已损坏，内容校验不符",
  "is empty": "文件为空",
  "is neither JSON lines nor CSV": "既不是 JSON Lines 也不是 CSV",
  "is one JSON array": "整个文件是一个 JSON 数组",
  "is packed with xz settings that this reader does not know (a dictionary above 64 MiB, or a SHA-256 check)":
    "压缩时使用了不支持的 xz 设置（字典大于 64 MiB，或 SHA-256 校验）",
  "no longer holds {}": "其中已不再有 {}",

  // What to do about it.
  "check the path": "请检查路径",
  "copy or download it again": "请重新复制或下载",
  "copy or download it again and compare the sizes": "请重新复制或下载，并核对文件大小",
  "copy or download the dump again": "请重新复制或下载导出数据",
  "give a file of JSON lines or CSV": "请提供 JSON Lines 或 CSV 文件",
  "give a folder or archive with the dump's XML files in it": "请提供含有导出数据 XML 文件的文件夹或压缩包",
  "give one file": "请指定一个文件",
  "give the XML files of a Stack Exchange dump": "请提供 Stack Exchange 导出数据的 XML 文件",
  "leave the archive alone while it is imported, and start again": "导入期间请勿改动压缩包，然后重新开始",
  "unpack it (7z x) and give the folder of XML files": "请先解压（7z x），再提供 XML 文件所在的文件夹",
  "unpack it (tar xf) and give the folder": "请先解压（tar xf），再提供文件夹",
  "unpack it and import each folder by itself": "请先解压，再逐个导入文件夹",
  "write one JSON object a line (jq -c '.[]')": "请改为每行一个 JSON 对象（jq -c '.[]'）",

  // How the rows of a file are read.
  "give detect, iso, ms, s or days:YYYY-MM-DD": "请填写 detect、iso、ms、s 或 days:YYYY-MM-DD",
  "no column found for {}; the columns are {}; say which is which, as in memberId=COLUMN":
    "找不到 {} 对应的列；现有的列为 {}；请指明对应关系，例如 memberId=COLUMN",
  "there is no field “{}”; the fields are {}": "没有字段“{}”；可用的字段有 {}",
  "“{}” is not FIELD=COLUMN": "“{}”不是 FIELD=COLUMN 的形式",
  "“{}” is not KIND=NAME": "“{}”不是 KIND=NAME 的形式",
  "{} is still to come; give a day up to today, {}, or leave it out":
    "{} 尚未到来；请给出不晚于今天（{}）的日期，或省略",
  "is called JSON, and its first line is no JSON object": "文件名为 JSON，但首行不是 JSON 对象",
  "give a file of JSON objects, one a line": "请提供每行一个 JSON 对象的文件",
};
