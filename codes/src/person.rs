//! Whether a short text is the name of a person, by its surname: for places where words stand, and a name by mistake.
//!
//! Only surnames that few words begin with, and none of these words. Whoever needs to be sure that no name is told takes
//! every text for one that has not the form of an organisation's name ([`crate::is_organisation_name`]).

/// Of one character.
const SURNAMES: &str = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘\
                        杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔崔康毛邱秦江史顾侯邵孟龙段雷钱汤尹黎易常武乔贺赖龚严温庞樊兰殷\
                        陶洪翟颜倪章葛韦聂焦柳邢岳祁耿牟詹靳裴屈鲍覃霍翁隋阮闵冉饶刁瞿戚滕邬臧褚娄奚穆郜晏栾窦敖卓巩卞冼佟\
                        匡荆谌岑胥蔺俞";

/// Of two characters.
const COMPOUND: [&str; 12] =
    ["欧阳", "司马", "上官", "诸葛", "皇甫", "尉迟", "公孙", "慕容", "令狐", "夏侯", "东方", "司徒"];

/// What stands between the parts of a name.
const DOTS: [char; 3] = ['·', '•', '・'];

/// What places end with, and no name.
const PLACES: [char; 8] = ['村', '镇', '乡', '区', '县', '市', '省', '街'];

/// What words begin with that begin as names do.
const WORDS: &str = "王府 王牌 李子 张贴 张力 张家 陈述 陈列 陈旧 陈仓 陈醋 陈设 杨树 杨梅 杨凌 杨陵 黄色 黄牌 黄标 黄金 黄灯 黄酒 黄河 黄陵 周期 \
                     周边 周末 周转 周报 周至 周岁 周一 周二 周三 周四 周五 周六 周日 周年 吴江 吴中 吴兴 徐州 孙子 孙女 孙媳 孙婿 胡同 胡椒 胡萝 \
                     朱红 高中 高级 高危 高新 高风 高速 高校 高等 高层 高温 高空 高压 高度 高职 高管 高额 高龄 高原 高低 高于 高血 高电 高污 高耗 \
                     高价 高端 高陵 高技 高效 高质 高科 林业 林地 林木 林权 林区 林场 林产 林下 林草 何时 何种 何地 何处 马上 马匹 马铃 马达 马来 \
                     罗列 罗湖 罗马 宋代 宋体 郑州 谢绝 韩国 韩语 韩元 韩城 唐山 唐代 于是 董事 董监 董秘 程序 程度 许可 许昌 沈阳 曾用 曾任 曾经 \
                     曾因 曾名 吕梁 苏州 苏打 苏木 卢布 丁类 丁级 丁等 丁酮 丁烷 丁醇 丁烯 叶菜 叶片 余额 余款 余热 余量 杜绝 夏季 夏天 夏令 夏装 \
                     钟点 钟表 汪清 田间 田地 田径 任职 任命 任免 任期 任务 任意 任何 任课 任教 范围 范本 范畴 方式 方案 方法 方面 方向 方便 石油 \
                     石化 石材 石灰 石料 石膏 石泉 石墨 熊猫 金额 金融 金属 金牌 金卡 金库 金奖 金银 金税 金工 金台 陆地 陆路 陆运 陆续 陆上 孔径 \
                     康复 康养 毛利 毛坯 毛重 毛巾 毛皮 毛纺 毛发 秦岭 秦皇 秦都 江苏 江西 江河 江北 江南 江东 江阴 江门 史料 顾客 顾问 侯任 邵阳 \
                     孟加 龙头 龙门 段落 雷达 雷电 雷击 雷管 钱款 钱币 汤料 汤类 黎明 易制 易燃 易爆 易腐 易货 易地 易耗 易碎 易感 常规 常住 常年 \
                     常驻 常见 常务 常委 常用 常温 常州 常设 武汉 武器 武装 武警 武术 武功 乔木 严重 严格 严禁 严控 温度 温室 温泉 温控 温州 兰州 \
                     陶瓷 陶器 陶土 洪涝 洪水 洪灾 颜色 颜料 章程 章节 焦炭 焦化 焦煤 焦点 柳州 岳父 岳母 阎良 黄油 卓越 巩固 荆州 屈服";

/// Whether it is the name of a person: a usual surname and one or two characters, or parts of a name with dots between
/// them. A name by a rare surname is not known, nor one that begins as a word does.
///
/// ```
/// assert!(codes::is_person_name("张三") && codes::is_person_name("买买提·吐尔逊"));
/// assert!(!codes::is_person_name("高级") && !codes::is_person_name("其他") && !codes::is_person_name("周转房"));
/// ```
#[must_use]
pub fn is_person_name(text: &str) -> bool {
    let text = text.trim();
    let parts: Vec<&str> = text.split(DOTS).collect();
    if parts.len() > 1 {
        let is_part = |part: &&str| !part.is_empty() && part.chars().all(is_han);
        return parts.iter().all(is_part) && text.chars().count() <= 15;
    }
    let n = text.chars().count();
    let has_surname = ((2..=3).contains(&n) && text.starts_with(|first: char| SURNAMES.contains(first)))
        || ((3..=4).contains(&n) && COMPOUND.iter().any(|surname| text.starts_with(surname)));
    has_surname
        && text.chars().all(is_han)
        && !text.ends_with(PLACES)
        && !WORDS.split_whitespace().any(|word| text.starts_with(word))
}

/// Whether a character is one of those that names are written with.
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}')
}

/// The text with the names of persons in it masked, each standing apart from other Chinese words. `None` where there is
/// none.
#[must_use]
pub fn person_names_masked(text: &str, mask: impl Fn(&str) -> String) -> Option<String> {
    let is_of_name = |c: char| is_han(c) || DOTS.contains(&c);
    let mut out = String::new();
    let mut rest = text;
    let mut is_masked = false;
    while let Some(start) = rest.find(is_of_name) {
        let (before, from) = rest.split_at(start);
        let (run, after) = from.split_at(from.find(|c| !is_of_name(c)).unwrap_or(from.len()));
        out.push_str(before);
        let is_name = is_person_name(run);
        is_masked |= is_name;
        out.push_str(&if is_name { mask(run) } else { run.to_owned() });
        rest = after;
    }
    out.push_str(rest);
    is_masked.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_persons_are_told_from_words() {
        for name in [
            "张三",
            "王小明",
            "欧阳娜娜",
            "司马光",
            "买买提·吐尔逊",
            "高翔",
            "周杰",
            "许三多",
            "丁一",
            " 刘某 ",
            "曾志",
        ] {
            assert!(is_person_name(name), "{name}");
        }
        for word in [
            "",
            "王",
            "其他",
            "存续",
            "在营",
            "开业",
            "暂停",
            "注销",
            "吊销",
            "高级",
            "高中",
            "周转房",
            "周一",
            "许可证",
            "许可注销",
            "曾用名",
            "董事长",
            "丁类",
            "金额",
            "金融",
            "方式",
            "林业",
            "黄色",
            "黄牌",
            "常规",
            "严重",
            "武警",
            "康复科",
            "文化",
            "安全",
            "石油",
            "江苏省",
            "韩国",
            "阎良区",
            "李家堡镇",
            "张村",
            "陈述申辩",
            "孙女",
            "张三水果店",
            "王五公司",
            "张三1",
            "A张",
            "·",
            "张·",
        ] {
            assert!(!is_person_name(word), "{word}");
        }
        let stars = |name: &str| format!("{}*", name.chars().next().unwrap());
        assert_eq!(person_names_masked("张三138;李四029", stars).unwrap(), "张*138;李*029");
        assert_eq!(person_names_masked("联系电话138", stars), None);
    }
}
