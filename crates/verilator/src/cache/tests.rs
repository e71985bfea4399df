//! The cache on files of known size and age.

use super::{Cache, IN_USE, LONGEST_BUILD};
use std::fs::File;
use std::path::Path;
use std::sync::Barrier;
use std::time::{Duration, SystemTime};

const LONG_AGO: Duration = Duration::from_secs(2 * (IN_USE.as_secs() + LONGEST_BUILD.as_secs()));

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

/// Puts a file of 100 bytes there.
fn put(cache: &Cache, key: &str) {
    let make = |path: &Path| {
        std::fs::write(path, [0; 100]).unwrap();
        Ok(())
    };
    cache.entry(key, "model.so", make).unwrap();
}

fn age(cache: &Cache, name: &str, age: Duration) {
    let file = File::open(cache.dir.join(name)).unwrap();
    file.set_modified(SystemTime::now() - age).unwrap();
}

fn check(cache: &Cache, expected: &[&str]) {
    let name = |e: &super::CacheEntry| e.path.file_name().unwrap().to_string_lossy().into_owned();
    let mut found: Vec<String> = cache.entries().unwrap().iter().map(name).collect();
    found.sort();
    assert_eq!(found, expected);
}

#[test]
fn what_was_used_longest_ago_goes() {
    let (_dir, cache) = cache(250);
    put(&cache, "a");
    put(&cache, "b");
    age(&cache, "a-model.so", LONG_AGO);
    age(&cache, "b-model.so", LONG_AGO + LONG_AGO);
    put(&cache, "c");
    check(&cache, &["a-model.so", "c-model.so"]);
}
#[test]
fn using_it_keeps_it() {
    let (_dir, cache) = cache(250);
    put(&cache, "a");
    put(&cache, "b");
    age(&cache, "a-model.so", LONG_AGO);
    age(&cache, "b-model.so", LONG_AGO);
    put(&cache, "a");
    put(&cache, "c");
    check(&cache, &["a-model.so", "c-model.so"]);
}
#[test]
fn what_was_just_used_stays() {
    let (_dir, cache) = cache(0);
    put(&cache, "a");
    put(&cache, "b");
    check(&cache, &["a-model.so", "b-model.so"]);
}
#[test]
fn clearing_leaves_running_builds_alone() {
    let (_dir, cache) = cache(250);
    put(&cache, "a");
    std::fs::create_dir(cache.dir.join("build-now")).unwrap();
    std::fs::create_dir(cache.dir.join("build-old")).unwrap();
    age(&cache, "build-old", LONG_AGO);
    assert_eq!(cache.clear().unwrap(), 100);
    check(&cache, &[]);
    assert!(cache.dir.join("build-now").exists());
    assert!(!cache.dir.join("build-old").exists());
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
    check(&cache, &["a-model.so"]);
}
