//! The cache on files of known size and age, in folders of known owner and mode, with content that was damaged.

use super::build_folder::BuildFolder;
use super::{Cache, IN_USE, place};
use std::cell::Cell;
use std::fs::{File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Barrier;
use std::time::{Duration, SystemTime};

const LONG_AGO: Duration = Duration::from_secs(2 * IN_USE.as_secs());

fn cache(limit_bytes: u64) -> (tempfile::TempDir, Cache) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("cache");
    (
        dir,
        Cache {
            dir: path,
            limit_bytes,
        },
    )
}

/// Puts a file of 100 bytes there; whether it was made.
fn put(cache: &Cache, key: &str) -> bool {
    let made = Cell::new(false);
    let make = |path: &Path| {
        made.set(true);
        std::fs::write(path, [7; 100]).unwrap();
        Ok(())
    };
    let path = cache.entry(key, "model.so", make).unwrap();
    assert_eq!(std::fs::read(path).unwrap(), [7; 100]);
    made.get()
}

/// The file of a key.
fn file(cache: &Cache, key: &str) -> PathBuf {
    super::stored::find(&cache.dir, key, "model.so").unwrap()[0].clone()
}

fn age(cache: &Cache, key: &str, age: Duration) {
    let file = File::open(file(cache, key)).unwrap();
    file.set_modified(SystemTime::now() - age).unwrap();
}

fn check(cache: &Cache, expected: &[&str]) {
    let name = |e: &super::CacheEntry| {
        let name = e.path.file_name().unwrap().to_string_lossy().into_owned();
        name.split_once('-').unwrap().0.to_string()
    };
    let mut found: Vec<String> = cache.entries().unwrap().iter().map(name).collect();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn what_was_used_longest_ago_goes() {
    let (_dir, cache) = cache(250);
    put(&cache, "a");
    put(&cache, "b");
    age(&cache, "a", LONG_AGO);
    age(&cache, "b", LONG_AGO + LONG_AGO);
    put(&cache, "c");
    check(&cache, &["a", "c"]);
}
#[test]
fn using_it_keeps_it() {
    let (_dir, cache) = cache(250);
    put(&cache, "a");
    put(&cache, "b");
    age(&cache, "a", LONG_AGO);
    age(&cache, "b", LONG_AGO);
    assert!(!put(&cache, "a"));
    put(&cache, "c");
    check(&cache, &["a", "c"]);
}
#[test]
fn what_was_just_used_stays() {
    let (_dir, cache) = cache(0);
    put(&cache, "a");
    put(&cache, "b");
    check(&cache, &["a", "b"]);
}
#[test]
fn clearing_leaves_running_builds_alone() {
    let (_dir, cache) = cache(250);
    put(&cache, "a");
    let runs = BuildFolder::new(&cache.dir).unwrap();
    let left = cache.dir.join("build-left");
    std::fs::create_dir(&left).unwrap();
    std::fs::write(left.join("Vchip.cpp"), "int").unwrap();
    assert_eq!(cache.clear().unwrap(), 100);
    check(&cache, &[]);
    assert!(runs.path().exists());
    assert!(!left.exists());
}
#[test]
fn clearing_leaves_other_files_alone() {
    let (_dir, cache) = cache(250);
    put(&cache, "a");
    let of_an_older_version = cache
        .dir
        .join(format!("{}-model.so", "0123456789abcdef".repeat(2)));
    std::fs::write(&of_an_older_version, [0; 10]).unwrap();
    let note = cache.dir.join("note-to-myself.txt");
    std::fs::write(&note, "text").unwrap();
    assert_eq!(cache.clear().unwrap(), 110);
    assert!(note.exists() && !of_an_older_version.exists());
}
#[test]
fn a_build_removes_what_a_killed_one_left() {
    let (_dir, cache) = cache(250);
    let left = cache.dir.join("build-left");
    std::fs::create_dir_all(&left).unwrap();
    put(&cache, "a");
    assert!(!left.exists());
}
#[test]
fn a_build_leaves_nothing_but_its_file() {
    let (_dir, cache) = cache(250);
    put(&cache, "a");
    assert_eq!(std::fs::read_dir(&cache.dir).unwrap().count(), 1);
}
#[test]
fn several_make_the_same_at_once() {
    let (_dir, cache) = cache(250);
    let barrier = Barrier::new(4);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                barrier.wait();
                put(&cache, "a");
            });
        }
    });
    check(&cache, &["a"]);
}
/// Folders of builds that run stay, however often others look for leftovers in between.
#[test]
fn nobody_removes_a_folder_that_is_being_made() {
    let (_dir, cache) = cache(250);
    std::fs::create_dir(&cache.dir).unwrap();
    let make = || {
        for _ in 0..300 {
            cache.remove_leftovers().unwrap();
            let folder = BuildFolder::new(&cache.dir).unwrap();
            std::fs::write(folder.path().join("model.so"), [7]).unwrap();
            std::thread::yield_now();
            assert_eq!(std::fs::read(folder.path().join("model.so")).unwrap(), [7]);
        }
    };
    std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(make))));
    cache.remove_leftovers().unwrap();
    assert_eq!(std::fs::read_dir(&cache.dir).unwrap().count(), 0);
}
/// Each has made its own before anybody keeps one.
#[test]
fn several_make_different_ones_at_once() {
    let (_dir, cache) = cache(1 << 30);
    let barrier = Barrier::new(4);
    let make = |with: u8| {
        let inner = |path: &Path| {
            std::fs::write(path, vec![with; 1 << 20]).unwrap();
            barrier.wait();
            Ok(())
        };
        cache.entry("a", "model.so", inner).unwrap();
    };
    std::thread::scope(|scope| (0..4).for_each(|with| drop(scope.spawn(move || make(with)))));
    check(&cache, &["a"]);
}
#[test]
fn several_make_it_in_different_ways() {
    let (_dir, cache) = cache(250);
    let make = |bytes: [u8; 2]| {
        let inner = |path: &Path| {
            // The other process was faster.
            cache.entry("a", "model.so", |path| {
                std::fs::write(path, [bytes[0]]).unwrap();
                Ok(())
            })?;
            std::fs::write(path, [bytes[1]]).unwrap();
            Ok(())
        };
        cache.entry("a", "model.so", inner).unwrap()
    };
    assert_eq!(std::fs::read(make([1, 2])).unwrap(), [1]);
    let never = |_: &Path| -> Result<(), _> { unreachable!("it is there") };
    cache.entry("a", "model.so", never).unwrap();
    check(&cache, &["a"]);
}

/// A file that something happened to is made again.
fn check_damaged(damage: impl FnOnce(&Path)) {
    let (_dir, cache) = cache(1000);
    assert!(put(&cache, "a"));
    damage(&file(&cache, "a"));
    assert!(put(&cache, "a"), "the damaged file was used");
    assert!(!put(&cache, "a"));
    check(&cache, &["a"]);
}

#[test]
fn a_file_that_was_cut() {
    check_damaged(|path| std::fs::write(path, [7; 50]).unwrap());
}
#[test]
fn an_empty_file() {
    check_damaged(|path| std::fs::write(path, []).unwrap());
}
#[test]
fn a_file_with_one_other_bit() {
    let mut bytes = [7; 100];
    bytes[50] ^= 1;
    check_damaged(|path| std::fs::write(path, bytes).unwrap());
}
#[test]
fn a_file_that_grew() {
    check_damaged(|path| std::fs::write(path, [7; 101]).unwrap());
}
#[test]
fn a_text_in_its_place() {
    check_damaged(|path| std::fs::write(path, "int main() {}").unwrap());
}
#[test]
fn a_file_that_others_may_write_to() {
    check_damaged(|path| std::fs::set_permissions(path, Permissions::from_mode(0o666)).unwrap());
}
#[test]
fn a_file_that_cannot_be_opened() {
    check_damaged(|path| {
        std::fs::remove_file(path).unwrap();
        std::os::unix::fs::symlink("nowhere", path).unwrap();
    });
}

/// What is said about a cache with this mode.
fn check_mode(mode: u32, expected: &str) {
    let (_dir, cache) = cache(1000);
    std::fs::create_dir(&cache.dir).unwrap();
    std::fs::set_permissions(&cache.dir, Permissions::from_mode(mode)).unwrap();
    let refused = cache.entry("a", "model.so", |_| unreachable!("it is refused"));
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains(expected), "{refused}");
    assert!(refused.contains("BRUNO_CACHE"), "{refused}");
}

#[test]
fn a_cache_for_all() {
    check_mode(0o777, "may be written to by other users (mode 777)");
}
#[test]
fn a_cache_for_a_group() {
    check_mode(0o770, "may be written to by other users (mode 770)");
}
#[test]
fn a_sticky_cache_for_all() {
    check_mode(0o1777, "may be written to by other users (mode 777)");
}
#[test]
fn a_file_where_the_cache_should_be() {
    let (_dir, cache) = cache(1000);
    std::fs::write(&cache.dir, "text").unwrap();
    let refused = cache.entry("a", "model.so", |_| unreachable!("it is refused"));
    let refused = refused.unwrap_err().to_string();
    assert!(refused.contains("cannot be made"), "{refused}");
}

/// Where the cache is with these variables.
fn check_place(variables: &[(&str, &str)], expected: &Path) {
    let value = |name: &str| Some(variables.iter().find(|v| v.0 == name)?.1.into());
    assert_eq!(place(value), expected);
}

#[test]
fn named() {
    let variables = [
        ("BRUNO_CACHE", "/a"),
        ("XDG_CACHE_HOME", "/b"),
        ("HOME", "/c"),
    ];
    check_place(&variables, Path::new("/a"));
}
#[test]
fn of_the_desktop() {
    let variables = [("XDG_CACHE_HOME", "/b"), ("HOME", "/c")];
    check_place(&variables, Path::new("/b/bruno"));
}
#[test]
fn at_home() {
    check_place(&[("HOME", "/c")], Path::new("/c/.cache/bruno"));
}
#[test]
fn an_empty_variable_is_none() {
    let variables = [("BRUNO_CACHE", ""), ("XDG_CACHE_HOME", ""), ("HOME", "/c")];
    check_place(&variables, Path::new("/c/.cache/bruno"));
}
#[test]
fn a_relative_folder_of_the_desktop_is_none() {
    let variables = [("XDG_CACHE_HOME", "b"), ("HOME", "/c")];
    check_place(&variables, Path::new("/c/.cache/bruno"));
}
#[test]
fn without_a_home() {
    check_place(&[("HOME", "")], &std::env::temp_dir().join("bruno"));
}
