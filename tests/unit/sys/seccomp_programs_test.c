/*
 * Ordinary programs do their ordinary work under the filter. Each line uses what its runtime is
 * known to need of the kernel: threads, children, shared memory, events, just-in-time code.
 */
#include "sys/seccomp.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/mem.h"
#include "tests/test.h"

static bool is_there(const char *command)
{
    auto_free char *probe = mem_text("command -v %s >/dev/null", command);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        execl("/bin/sh", "sh", "-c", probe, NULL);
        _exit(127);
    }
    int status;
    CHECK_INT(waitpid(child, &status, 0), child);
    return status == 0;
}

static _Noreturn void be_confined(const char *script)
{
    struct seccomp_program program;
    struct error err;
    seccomp_build(&program, SECCOMP_NATIVE, SECCOMP_STRICT);
    CHECK_INT(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    CHECK_OK(seccomp_install(&program, NULL, &err), err);
    execl("/bin/bash", "bash", "-ec", script, NULL);
    _exit(127);
}

/* In an empty folder, with the last word "done" to show that all of it ran. */
static void check_runs(const char *needs, const char *script)
{
    if (!is_there(needs))
        test_skip("%s is not installed", needs);
    CHECK_INT(chdir(test_folder()), 0);
    int out[2], status;
    CHECK_INT(pipe2(out, O_CLOEXEC), 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        dup2(out[1], STDOUT_FILENO);
        dup2(out[1], STDERR_FILENO);
        be_confined(script);
    }
    close(out[1]);
    char text[65536];
    size_t length = 0;
    ssize_t got;
    while ((got = read(out[0], text + length, sizeof text - 1 - length)) > 0)
        length += (size_t)got;
    text[length] = '\0';
    CHECK_INT(waitpid(child, &status, 0), child);
    if (status != 0)
        fprintf(stderr, "%s", text);
    CHECK_INT(status, 0);
    CHECK_CONTAINS(text, "done\n");
}

TEST_LASTING(bash_and_the_tools_of_the_system_run, 60)
{
    check_runs("bash", "mkdir -p a/b; echo x > a/b/c; ln -s c a/b/d; ln a/b/c a/e; chmod 600 a/e\n"
                       "touch -d yesterday a/e; cp -a a z; mv z y; tar cf t.tar y; tar xf t.tar\n"
                       "find . -type f | sort | xargs cat | wc -l; rm -r a y; mkfifo f\n"
                       "(cat f & echo hello > f; wait); ulimit -n 100; nice -n 5 true\n"
                       "timeout 5 sleep 0.01; (sleep 10 & kill $!); date; id; uname -a; df . ; ps\n"
                       "exec 3<>/dev/null; test -t 0 || true; taskset -p $$; stat .; sync .\n"
                       "echo done");
}

TEST_LASTING(python_runs, 120)
{
    check_runs(
        "python3",
        "cat > t.py <<'E'\n"
        "import asyncio, concurrent.futures, ctypes, fcntl, mmap, multiprocessing, os, pty, queue\n"
        "import select, shutil, signal, socket, subprocess, sys, tempfile, threading, time\n"
        "from multiprocessing import shared_memory\n"
        "def square(x): return x * x\n"
        "async def main():\n"
        "    p = await asyncio.create_subprocess_exec('cat', stdin=-1, stdout=-1)\n"
        "    out, _ = await p.communicate(b'hi')\n"
        "    assert out == b'hi'\n"
        "    async def serve(r, w):\n"
        "        w.write(await r.readline()); await w.drain(); w.close()\n"
        "    server = await asyncio.start_server(serve, '127.0.0.1', 0)\n"
        "    r, w = await asyncio.open_connection(*server.sockets[0].getsockname())\n"
        "    w.write(b'ping\\n'); assert await r.readline() == b'ping\\n'\n"
        "    await asyncio.to_thread(time.sleep, 0.01)\n"
        "if __name__ == '__main__':\n"
        "    for way in 'fork', 'spawn', 'forkserver':\n"
        "        with multiprocessing.get_context(way).Pool(2) as pool:\n"
        "            assert pool.map(square, range(9))[8] == 64\n"
        "    with concurrent.futures.ThreadPoolExecutor(4) as ex: list(ex.map(square, range(99)))\n"
        "    asyncio.run(main())\n"
        "    m = shared_memory.SharedMemory(create=True, size=4096); m.close(); m.unlink()\n"
        "    mmap.mmap(-1, 4096)[0:2] = b'ab'\n"
        "    signal.signal(signal.SIGALRM, lambda *a: None); signal.setitimer(0, 0.01)\n"
        "    signal.pause(); os.memfd_create('x'); os.eventfd(0); select.epoll().close()\n"
        "    pid, fd = pty.fork()\n"
        "    if pid == 0: os.execlp('tty', 'tty')\n"
        "    assert b'/dev/pts' in os.read(fd, 100); os.waitpid(pid, 0)\n"
        "    os.posix_spawn('/bin/true', ['true'], {}); os.wait()\n"
        "    os.sched_setaffinity(0, os.sched_getaffinity(0)); os.getrandom(8)\n"
        "    socket.getaddrinfo('localhost', 80); socket.if_nameindex\n"
        "    d = tempfile.mkdtemp(); shutil.copytree('.', d + '/x'); shutil.rmtree(d)\n"
        "    with open('l', 'w') as f: fcntl.flock(f, fcntl.LOCK_EX); fcntl.lockf(f, "
        "fcntl.LOCK_EX)\n"
        "    import ssl, sqlite3, hashlib, decimal\n"
        "    c = sqlite3.connect('db'); c.execute('pragma journal_mode=wal')\n"
        "    c.execute('create table t(x)'); c.commit()\n"
        "    print('done')\n"
        "E\n"
        "python3 t.py");
}

TEST_LASTING(node_runs, 120)
{
    check_runs(
        "node",
        "cat > t.js <<'E'\n"
        "const {Worker} = require('worker_threads'), cp = require('child_process');\n"
        "const fs = require('fs'), net = require('net'), os = require('os');\n"
        "let x = 0; for (let i = 0; i < 3e6; i++) x = (x * 31 + i) | 0;\n"
        "const wasm = new WebAssembly.Module(Uint8Array.of(0,97,115,109,1,0,0,0));\n"
        "new WebAssembly.Instance(wasm); os.networkInterfaces; os.cpus(); os.hostname();\n"
        "cp.execSync('true'); fs.writeFileSync('f', 'x'); fs.copyFileSync('f', 'g');\n"
        "const w = fs.watch('.', () => {}); crypto.getRandomValues(new Uint8Array(8));\n"
        "(async () => {\n"
        "  await fs.promises.readFile('f'); await fs.promises.cp('.', '../c', {recursive: true});\n"
        "  fs.rmSync('../c', {recursive: true});\n"
        "  await new Promise(r => new Worker('1+1', {eval: true}).on('exit', r));\n"
        "  await new Promise(r => { const k = cp.fork('./k.js'); k.on('message', () => k.kill());\n"
        "    k.on('exit', r); });\n"
        "  await new Promise(r => { const s = net.createServer(c => c.end('x'));\n"
        "    s.listen(0, '127.0.0.1', () => net.connect(s.address().port, '127.0.0.1')\n"
        "      .on('data', () => s.close(r))); });\n"
        "  w.close(); console.log('done');\n"
        "})();\n"
        "E\n"
        "echo 'process.send(1); setInterval(() => {}, 1000)' > k.js\n"
        "node t.js");
}

TEST_LASTING(java_compiles_and_runs, 120)
{
    check_runs("javac",
               "cat > T.java <<'E'\n"
               "import java.nio.file.*; import java.util.concurrent.*;\n"
               "public class T { public static void main(String[] a) throws Exception {\n"
               "  var pool = Executors.newFixedThreadPool(4);\n"
               "  var f = pool.submit(() -> { long x = 0; for (int i = 0; i < 9999999; i++)\n"
               "    x += i ^ (x >> 3); return x; }); f.get(); pool.shutdown();\n"
               "  new ProcessBuilder(\"true\").start().waitFor();\n"
               "  Files.writeString(Path.of(\"f\"), \"x\"); System.gc();\n"
               "  var s = new java.net.ServerSocket(0);\n"
               "  new java.net.Socket(\"127.0.0.1\", s.getLocalPort()).close();\n"
               "  Path.of(\".\").getFileSystem().newWatchService().close();\n"
               "  System.out.println(\"done\"); } }\n"
               "E\n"
               "javac T.java; java T; java -XX:+UseSerialGC T; java -XX:+UseZGC -XX:+UseNUMA T\n"
               "java -version; echo done");
}

TEST_LASTING(compilers_run_and_so_does_what_they_make, 120)
{
    check_runs("gcc",
               "cat > t.c <<'E'\n"
               "#include <pthread.h>\n#include <stdio.h>\n#include <sys/shm.h>\n"
               "#include <mqueue.h>\n#include <semaphore.h>\n#include <time.h>\n"
               "#include <signal.h>\n#include <spawn.h>\n#include <sys/wait.h>\n"
               "static void *work(void *p) { return p; }\n"
               "int main(void) { pthread_t t; pthread_create(&t, 0, work, 0);\n"
               "  pthread_join(t, 0); int id = shmget(IPC_PRIVATE, 4096, 0600);\n"
               "  if (id < 0) return 1; shmctl(id, IPC_RMID, 0); sem_t s; sem_init(&s, 1, 1);\n"
               "  sem_wait(&s); timer_t m; struct sigevent e = {.sigev_notify = SIGEV_NONE};\n"
               "  if (timer_create(CLOCK_MONOTONIC, &e, &m)) return 2;\n"
               "  char *v[] = {\"true\", 0}; pid_t p; if (posix_spawnp(&p, v[0], 0, 0, v, v))\n"
               "    return 3; wait(0); puts(\"done\"); }\n"
               "E\n"
               "gcc -O2 -flto -pthread t.c -o t; ./t\n"
               "echo 'all: x' > Makefile; echo 'x: t.c; gcc -c t.c -o x' >> Makefile; make -j2");
}

TEST_LASTING(git_runs, 60)
{
    check_runs("git",
               "export HOME=$PWD; git init -q r; cd r; echo x > f; git add f\n"
               "git -c user.name=a -c user.email=a@b commit -qm x; git gc -q\n"
               "git clone -q . ../s; git -C ../s log --oneline; git status --short; echo done");
}

TEST_LASTING(go_compiles_and_runs, 240)
{
    check_runs(
        "go",
        "export HOME=$PWD GOCACHE=$PWD/cache GOFLAGS=-p=2 GOTOOLCHAIN=local; cat > t.go <<'E'\n"
        "package main\n"
        "import (\"fmt\"; \"net\"; \"os/exec\"; \"sync\"; \"time\")\n"
        "func main() { var w sync.WaitGroup; for i := 0; i < 50; i++ { w.Add(1)\n"
        "  go func() { time.Sleep(time.Millisecond); w.Done() }() }; w.Wait()\n"
        "  if e := exec.Command(\"true\").Run(); e != nil { panic(e) }\n"
        "  l, e := net.Listen(\"tcp\", \"127.0.0.1:0\"); if e != nil { panic(e) }\n"
        "  go l.Accept(); c, e := net.Dial(\"tcp\", l.Addr().String())\n"
        "  if e != nil { panic(e) }; c.Close(); fmt.Println(\"done\") }\n"
        "E\n"
        "go run t.go; chmod -R u+w .");
}

TEST_LASTING(rust_compiles_and_runs, 120)
{
    check_runs("rustc", "cat > t.rs <<'E'\n"
                        "fn main() { let t = std::thread::spawn(|| 1); t.join().unwrap();\n"
                        "  std::process::Command::new(\"true\").status().unwrap();\n"
                        "  let l = std::net::TcpListener::bind(\"127.0.0.1:0\").unwrap();\n"
                        "  std::net::TcpStream::connect(l.local_addr().unwrap()).unwrap();\n"
                        "  println!(\"done\"); }\n"
                        "E\n"
                        "rustc t.rs; ./t");
}
