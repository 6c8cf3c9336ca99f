//! Drop folders: files that vanish, and what stands in their place. Nothing is deleted that nobody deleted.

use std::path::PathBuf;
use std::process::Command;

use tests::bench::{Bench, FIELDS};
use tests::{binary, shown};

/// A folder with two files: the first of 110 rows, the second of 10.
struct Folder {
    bench: Bench,
    path: PathBuf,
}

impl Folder {
    fn new(take: &str) -> Folder {
        let bench = Bench::new();
        let path = bench.config.join("drop");
        std::fs::create_dir_all(&path).expect("a folder");
        let folder = Folder { bench, path };
        folder.put("facts-1.csv", 1, 110);
        folder.put("facts-2.csv", 111, 120);
        let text = format!(
            "[department]\nid = \"bad\"\nname_zh = \"部门\"\nname_en = \"Department\"\n\n[source.bad]\nengine = \"file\"\n\
             folder = \"drop\"\ntake = \"{take}\"\n\n[[source.bad.stream]]\nname = \"facts-*.csv\"\nkind = \"fact\"\nkey = [\"id\"]\n{FIELDS}"
        );
        folder.bench.write("departments/bad.toml", &text);
        assert_eq!(folder.bench.pull(&[]).code, 0);
        folder
    }

    fn put(&self, name: &str, from: u64, to: u64) {
        let rows = (from..=to).map(|n| format!("K{n:06},单位{n},{n}.50,2024-01-02,1.25,\n"));
        let text = format!("id,name,fine,day,ratio,note\n{}", rows.collect::<String>());
        std::fs::write(self.path.join(name), text).expect("a file");
    }

    fn n_rows(&self) -> u64 {
        self.bench.status("bad")["received"].as_u64().unwrap_or(0)
    }
}

#[test]
fn a_file_that_vanishes_takes_no_rows_with_it() {
    let folder = Folder::new("all");
    let (bench, second) = (&folder.bench, folder.path.join("facts-2.csv"));
    let before = bench.dump();
    std::fs::remove_file(&second).expect("removed");
    for _ in 0..2 {
        let pulled = bench.pull(&[]);
        assert_eq!(pulled.code, 3);
        pulled.good().is("bad", "held", "`facts-2.csv`");
        assert_eq!(bench.dump(), before);
    }
    // A header alone, where there were rows.
    folder.put("facts-2.csv", 1, 0);
    bench.pull(&[]).is("bad", "held", "`facts-2.csv`");
    assert_eq!(bench.dump(), before);
    // It is back: nobody has to say so.
    folder.put("facts-2.csv", 111, 120);
    assert_eq!(bench.pull(&[]).good().is("bad", "idle", "")["unchanged"], 120);
    // Withdrawn for good, by the very words of the message.
    std::fs::remove_file(&second).expect("removed");
    bench.pull(&[]).is("bad", "held", "tongjian resume --source bad --stream 'facts-*.csv' --accept");
    let words = ["resume", "--source", "bad", "--stream", "facts-*.csv", "--accept"];
    assert!(bench.tongjian(&words).status.success());
    assert_eq!(bench.pull(&[]).is("bad", "idle", "")["deleted"], 10);
}

#[test]
fn what_stands_in_place_of_a_file_stops_the_stream() {
    let folder = Folder::new("all");
    let (bench, second) = (&folder.bench, folder.path.join("facts-2.csv"));
    let before = bench.dump();
    std::fs::remove_file(&second).expect("removed");
    std::fs::create_dir(&second).expect("a folder");
    bench.pull(&[]).good().is("bad", "stopped", "`facts-2.csv` is a folder");
    std::fs::remove_dir(&second).expect("removed");
    for target in ["gone.csv", "/etc/passwd", "."] {
        std::os::unix::fs::symlink(target, &second).expect("a link");
        bench.pull(&[]).good().is("bad", "stopped", "the link `facts-2.csv`");
        std::fs::remove_file(&second).expect("removed");
    }
    assert_eq!(bench.dump(), before);
    folder.put("facts-2.csv", 111, 120);
    assert_eq!(bench.pull(&[]).code, 0);
}

#[test]
fn an_older_file_does_not_come_back_as_the_newest() {
    let folder = Folder::new("newest");
    let bench = &folder.bench;
    assert_eq!(folder.n_rows(), 10, "the second is the newest");
    folder.put("facts-3.csv", 105, 120);
    assert_eq!(bench.pull(&[]).code, 0);
    let before = bench.dump();
    std::fs::remove_file(folder.path.join("facts-3.csv")).expect("removed");
    bench.pull(&[]).good().is("bad", "held", "older");
    assert_eq!(bench.dump(), before);
}

#[test]
fn a_line_of_the_wrong_width_is_set_aside_alone_with_its_place() {
    let folder = Folder::new("all");
    let bench = &folder.bench;
    let text = "id,name,fine,day,ratio,note\r\nK000111,甲\r\n\r\n,乙,1,2024-01-02,1,\r\nK000113,丙,1,2024-01-02,1,,\"多\r\n出\"\r\n";
    std::fs::write(folder.path.join("facts-3.csv"), text).expect("a file");
    let pulled = bench.pull(&[]);
    assert_eq!((pulled.code, pulled.good().is("bad", "idle", "")["dead_letters"].as_u64()), (3, Some(3)));
    let said = shown(&bench.tongjian(&["dead-letters", "list", "--output", "json"]));
    for words in [
        "file `facts-3.csv` line 2 has 2 cells, the header has 6 columns",
        "file `facts-3.csv` line 5 has 7 cells, the header has 6 columns",
        "file `facts-3.csv` line 4: key column `id` is NULL",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}

#[test]
fn a_quotation_mark_that_is_not_closed_holds_up_its_stream_alone() {
    let folder = Folder::new("all");
    let bench = &folder.bench;
    let before = bench.dump();
    let whole = std::fs::read_to_string(folder.path.join("facts-2.csv")).expect("a file");
    let open = whole.replace("单位113,", "\"单位113,");
    std::fs::write(folder.path.join("facts-2.csv"), &open).expect("a file");
    let pulled = bench.pull(&[]);
    assert_eq!(pulled.code, 3);
    let words = "file `facts-2.csv`: the quotation mark opened in line 4 is not closed";
    pulled.good().is("bad", "stopped", words);
    assert_eq!(bench.dump(), before, "no row is held to be gone");
    let status = Command::new(binary("tongjian"))
        .args(["--lang", "zh", "status", "-c"])
        .arg(&bench.config)
        .output()
        .expect("the program runs");
    let said = String::from_utf8_lossy(&status.stdout).into_owned();
    let said = &said[said.find("文件“facts-2.csv”第 4 行打开的引号").unwrap_or_else(|| panic!("{said}"))..];
    let said = said.lines().next().unwrap_or_default().replace("facts-2.csv", "");
    assert!(!said.contains(|c: char| c.is_ascii_alphabetic()), "{said}");
    std::fs::write(folder.path.join("facts-2.csv"), &whole).expect("a file");
    assert_eq!(bench.pull(&[]).is("bad", "idle", "")["unchanged"], 120, "it goes on by itself");
}

/// What is wrong for good is said at once; what may be under way is waited for, for a moment.
#[test]
fn an_empty_file_stops_its_stream_at_once_and_goes_on_once_it_is_mended() {
    let folder = Folder::new("all");
    let (bench, second) = (&folder.bench, folder.path.join("facts-2.csv"));
    let before = bench.dump();
    for (text, code) in [("", "TJ-S258"), ("\n\n", "TJ-S253")] {
        std::fs::write(&second, text).expect("a file");
        let file = std::fs::File::options().write(true).open(&second).expect("a file");
        let written = file.metadata().and_then(|file| file.modified()).expect("a moment");
        file.set_modified(written - std::time::Duration::from_secs(60)).expect("a moment");
        let begun = std::time::Instant::now();
        let pulled = bench.pull(&[]);
        let stream = pulled.good().is("bad", "stopped", "facts-2.csv");
        assert_eq!(pulled.code, 3);
        let said = stream["message"].as_str().unwrap_or_default();
        assert!(said.contains("put the whole file back"), "{code}: {said}");
        assert_eq!(bench.status("bad")["message_code"], "TJ-S209");
        // Tries again would take twenty seconds and more.
        assert!(begun.elapsed().as_secs() < 15, "{:?}", begun.elapsed());
    }
    assert_eq!(bench.dump(), before);
    folder.put("facts-2.csv", 111, 120);
    let pulled = bench.pull(&[]);
    assert_eq!((pulled.code, &pulled.is("bad", "idle", "")["unchanged"]), (0, &serde_json::json!(120)));
}

#[test]
fn rows_that_stay_set_aside_are_told_by_every_pull() {
    let folder = Folder::new("all");
    let bench = &folder.bench;
    let text = "id,name,fine,day,ratio,note\nK000111,\"甲\"乙,1,2024-01-02,1,\nK000112,丙,1,2024-01-02,1,\n";
    std::fs::write(folder.path.join("facts-3.csv"), text).expect("a file");
    std::fs::remove_file(folder.path.join("facts-2.csv")).expect("removed");
    folder.put("facts-2.csv", 113, 120);
    for _ in 0..2 {
        let pulled = bench.pull(&[]);
        assert_eq!(pulled.code, 3, "{pulled:#?}");
        pulled.good().is("bad", "idle", "");
    }
    let said = shown(&bench.tongjian(&["dead-letters", "list", "--output", "json"]));
    assert!(said.contains("file `facts-3.csv` line 2: in the cell of `name` text stands after"), "{said}");
    // Of a source that has none the pull says nothing of them.
    assert_eq!(bench.pull(&["--source", "good"]).code, 0);
    std::fs::write(folder.path.join("facts-3.csv"), text.replace("\"甲\"乙", "\"甲\"\"乙\""))
        .expect("a file");
    assert_eq!(bench.pull(&[]).code, 0);
    let begun = format!("{} -c {} dump | head -1", binary("tongjian").display(), bench.config.display());
    let piped =
        Command::new("bash").args(["-c", &format!("set -o pipefail; {begun}")]).output().expect("bash runs");
    assert!(piped.status.success() && piped.stderr.is_empty(), "{}", shown(&piped));
}

#[test]
fn a_relative_configuration_directory_will_do() {
    let folder = Folder::new("all");
    for (place, words) in [
        (".", vec!["-c", "config", "check"]),
        ("config", vec!["check"]),
        ("config/drop", vec!["-c", "..", "check"]),
    ] {
        let output = Command::new(binary("tongjian"))
            .current_dir(folder.bench.folder.path().join(place))
            .env_remove("TONGJIAN_CONFIG")
            .args(["--lang", "en"])
            .args(&words)
            .output()
            .expect("it runs");
        assert_eq!(output.status.code(), Some(0), "{words:?}: {}", shown(&output));
    }
}
