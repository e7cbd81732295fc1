// Programs in C, Go and AssemblyScript that are compiled to WASI (and natively, where the host can) by the checks.

/** One program with a task for each of its first arguments; what it prints does not depend on where it runs. */
export const C_SOURCE = `#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
static int by_name(const void *a, const void *b) { return strcmp(*(char **)a, *(char **)b); }
static void list(const char *path) {
  char *names[2000]; int n = 0; DIR *d = opendir(path); struct dirent *e;
  if (!d) { printf("list %s: %s\\n", path, strerror(errno)); return; }
  while ((e = readdir(d)) && n < 2000) if (e->d_name[0] != '.') names[n++] = strdup(e->d_name);
  closedir(d); qsort(names, n, sizeof *names, by_name);
  printf("list %s: %d", path, n); for (int i = 0; i < n && i < 12; i++) printf(" %s", names[i]); puts("");
}
static void said(const char *what, int result) { printf("%s: %s\\n", what, result < 0 ? strerror(errno) : "ok"); }
static void files(void) {
  char buffer[100]; struct stat s; int fd; FILE *f;
  said("mkdir", mkdir("dir", 0755)); said("mkdir again", mkdir("dir", 0755));
  f = fopen("dir/a", "w"); fputs("hello\\n", f); fclose(f);
  fd = open("dir/a", O_WRONLY | O_APPEND); said("append", write(fd, "world\\n", 6)); close(fd);
  said("rename", rename("dir/a", "dir/b")); said("rename none", rename("dir/none", "dir/c"));
  said("symlink", symlink("b", "dir/link")); memset(buffer, 0, 100); said("readlink", readlink("dir/link", buffer, 99)); puts(buffer);
  said("link", link("dir/b", "dir/hard")); stat("dir/hard", &s); printf("links %d size %d\\n", (int)s.st_nlink, (int)s.st_size);
  fd = open("dir/link", O_RDWR); lseek(fd, 6, SEEK_SET); read(fd, buffer, 5); printf("%.5s\\n", buffer);
  said("pwrite", pwrite(fd, "J", 1, 0)); said("ftruncate", ftruncate(fd, 8)); fstat(fd, &s); printf("size %d\\n", (int)s.st_size); close(fd);
  struct timespec times[2] = {{1000000000, 0}, {1234567890, 500000000}}; said("utimensat", utimensat(AT_FDCWD, "dir/b", times, 0));
  stat("dir/b", &s); printf("mtime %lld\\n", (long long)s.st_mtime); lstat("dir/link", &s); printf("link %d\\n", S_ISLNK(s.st_mode));
  said("exclusive", open("dir/b", O_CREAT | O_EXCL | O_WRONLY, 0644)); said("directory", open("dir", O_WRONLY)); said("none", open("none/x", O_RDONLY));
  list("dir"); said("rmdir full", rmdir("dir")); said("unlink", unlink("dir/link")); said("unlink none", unlink("dir/link"));
  mkdir("many", 0755); for (int i = 0; i < 1500; i++) { snprintf(buffer, 100, "many/file-%04d", i); close(open(buffer, O_CREAT | O_WRONLY, 0644)); }
  list("many"); f = fopen("dir/b", "r"); while (fgets(buffer, 100, f)) fputs(buffer, stdout); puts(""); fclose(f);
  said("chdir up", access("../", R_OK)); said("absolute", access("/tmp", R_OK)); said("dangling", symlink("/nowhere/x", "dangling")); said("open dangling", open("dangling", O_RDONLY));
}
int main(int argc, char **argv) {
  const char *what = argc > 1 ? argv[1] : "";
  setvbuf(stdout, NULL, _IOLBF, 0);
  if (!strcmp(what, "args")) { for (int i = 1; i < argc; i++) printf("[%s]", argv[i]); printf(" %s\\n", getenv("GREETING") ? getenv("GREETING") : "none"); }
  else if (!strcmp(what, "files")) files();
  else if (!strcmp(what, "echo")) { char line[200]; while (fgets(line, 200, stdin)) printf("got %s", line); puts("end"); }
  else if (!strcmp(what, "exit")) return atoi(argv[2]);
  else if (!strcmp(what, "abort")) abort();
  else if (!strcmp(what, "spin")) { puts("spinning"); for (volatile unsigned long i = 0;; i++) ; }
  else if (!strcmp(what, "sleep")) { struct timespec a, b, t = {0, 200000000}; clock_gettime(CLOCK_MONOTONIC, &a); nanosleep(&t, 0); clock_gettime(CLOCK_MONOTONIC, &b); long ms = (b.tv_sec - a.tv_sec) * 1000 + (b.tv_nsec - a.tv_nsec) / 1000000; puts(ms >= 199 ? "slept" : "woke early"); }
  else if (!strcmp(what, "clock")) { printf("%d\\n", time(0) > 1700000000); }
  else if (!strcmp(what, "poll")) { struct pollfd p = {0, POLLIN, 0}; int n = poll(&p, 1, 100); printf("first %d\\n", n); n = poll(&p, 1, 5000); printf("then %d\\n", n); }
  else if (!strcmp(what, "random")) { unsigned char a[16] = {0}, b[16] = {0}; getentropy(a, 16); getentropy(b, 16); puts(memcmp(a, b, 16) ? "differ" : "same"); }
  else if (!strcmp(what, "grow")) { long total = 0; for (int i = 0; i < 3000; i++) { char *volatile p = malloc(1 << 20); if (!p) { puts("malloc failed"); return 3; } memset(p, i, 1 << 20); total += p[100]; } printf("grown %ld\\n", total); }
  else if (!strcmp(what, "count")) { long n = 0; int c; while ((c = getchar()) != EOF) n++; printf("%ld\\n", n); }
  else if (!strcmp(what, "flood")) { char block[4096]; memset(block, 'y', 4096); for (;;) if (fwrite(block, 1, 4096, stdout) < 4096) return 7; }
  else return 2;
  return 0;
}
`;

export const GO_SOURCE = `package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

func said(what string, err error) {
	var e *fs.PathError
	if errors.As(err, &e) {
		err = e.Err
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		err = l.Err
	}
	fmt.Println(what, err)
}

func files() {
	said("mkdir", os.MkdirAll("dir/sub", 0o755))
	said("write", os.WriteFile("dir/a", []byte("hello\\n"), 0o644))
	f, _ := os.OpenFile("dir/a", os.O_APPEND|os.O_WRONLY, 0)
	f.WriteString("world\\n")
	f.Close()
	said("rename", os.Rename("dir/a", "dir/sub/b"))
	said("symlink", os.Symlink("sub/b", "dir/link"))
	b, err := os.ReadFile("dir/link")
	fmt.Printf("%q\\n", b)
	said("read", err)
	said("truncate", os.Truncate("dir/sub/b", 3))
	said("chtimes", os.Chtimes("dir/sub/b", time.Unix(1, 0), time.Unix(1234567890, 0)))
	s, _ := os.Stat("dir/link")
	fmt.Println(s.Size(), s.ModTime().Unix(), s.IsDir())
	t, _ := os.Readlink("dir/link")
	fmt.Println(t)
	_, err = os.ReadFile("none")
	said("none", err)
	said("mkdir again", os.Mkdir("dir", 0o755))
	filepath.WalkDir("dir", func(p string, d fs.DirEntry, e error) error { fmt.Println(p, d.IsDir()); return e })
	said("remove full", os.Remove("dir"))
	said("removeall", os.RemoveAll("dir"))
	wd, _ := os.Getwd()
	fmt.Println(filepath.Base(wd))
}

func main() {
	switch os.Args[1] {
	case "args":
		fmt.Println(os.Args[1:], os.Getenv("GREETING"))
	case "files":
		files()
	case "echo":
		in := bufio.NewScanner(os.Stdin)
		for in.Scan() {
			fmt.Println("got", in.Text())
		}
	case "goroutines":
		c := make(chan int)
		for i := 0; i < 10; i++ {
			go func(n int) { time.Sleep(time.Duration(10-n) * time.Millisecond); c <- n }(i)
		}
		sum := 0
		for i := 0; i < 10; i++ {
			sum += <-c
		}
		fmt.Println(sum)
	case "exit":
		os.Exit(7)
	case "panic":
		panic("on purpose")
	case "grow":
		var all [][]byte
		for i := 0; i < 3000; i++ {
			b := make([]byte, 1<<20)
			b[i] = 1
			all = append(all, b)
		}
		fmt.Println(len(all))
	}
}
`;

export const ASSEMBLYSCRIPT_SOURCE = `// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "fd_write") declare function fd_write(fd: i32, iovs: usize, count: i32, written: usize): i32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "args_sizes_get") declare function args_sizes_get(count: usize, size: usize): i32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "args_get") declare function args_get(pointers: usize, buffer: usize): i32;
// @ts-ignore: decorator
@external("wasi_snapshot_preview1", "proc_exit") declare function proc_exit(code: i32): void;

function say(text: string): void {
  const bytes = String.UTF8.encode(text + "\\n");
  const iov = memory.data(8), written = memory.data(4);
  store<u32>(iov, changetype<usize>(bytes));
  store<u32>(iov, bytes.byteLength, 4);
  fd_write(1, iov, 1, written);
}

export function abort(message: usize, file: usize, line: u32, column: u32): void { proc_exit(255); }

export function _start(): void {
  const count = memory.data(4), size = memory.data(4);
  args_sizes_get(count, size);
  const pointers = new ArrayBuffer(load<u32>(count) * 4), buffer = new ArrayBuffer(load<u32>(size));
  args_get(changetype<usize>(pointers), changetype<usize>(buffer));
  let sum: u64 = 0;
  for (let i: u64 = 0; i < 1000000; i++) sum += i * i;
  say("sum " + sum.toString());
  for (let i: u32 = 1; i < load<u32>(count); i++) {
    const at = load<u32>(changetype<usize>(pointers) + i * 4);
    let length = 0;
    while (load<u8>(at + length) != 0) length++;
    say(String.UTF8.decodeUnsafe(at, length));
  }
  proc_exit(load<u32>(count) - 1);
}
`;
