"""Forked children that work through a list of items, each of which may be the child's last.

Records come back through memory that parent and child share: there is no descriptor that the code
under test could write to, what a dead child has finished stays, and nobody waits for anybody. A
child that leaves the process in another state than it found it in (see state.py) did not do
independent work: its items are done again in a *careful* lot, which looks at the state after each
item, and puts back what was changed. Where that cannot be, the lot ends behind that item: what was
done up to there is right; the rest goes on in a new child.

A child that did not change anything stops itself and waits for the next lot, for it is what a new
one would be; birth and the first touch of each page are what most lots would spend their time on.
"""

import gc
import marshal
import mmap
import os
import resource
import shutil
import signal
import struct
import time

HEAD = struct.Struct("<QQQQ")      # the token, the item at work, records done, how it ended
LENGTH = struct.Struct("<I")
WORKING, SAME, CHANGED, FULL, RESTORED = 0, 1, 2, 3, 4
SPACE = 48 << 20
HEADROOM = 192 << 20
FILE_MAX = 64 << 20
POLL = 0.05
SILENT_CPU, SILENT_WALL = 0.3, 10.0
TICKS = os.sysconf("SC_CLK_TCK")

LIFE = 8192                        # items

monotonic, sigtimedwait, fork, _exit = time.monotonic, signal.sigtimedwait, os.fork, os._exit
kill, waitpid, urandom, getpid, getppid = os.kill, os.waitpid, os.urandom, os.getpid, os.getppid
collect_garbage, loads, dumps = gc.collect, marshal.loads, marshal.dumps


def be_subreaper():
    """Children of children that were left behind come to us, and are ended here."""
    try:
        import ctypes
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
    except (ImportError, OSError, AttributeError):
        pass


def cpu_of(pid):
    try:
        with open("/proc/%d/stat" % pid, "rb") as file:
            fields = file.read().rpartition(b")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS
    except (OSError, IndexError):
        return 0.0


def address_space():
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 1 << 30


def limit(kind, value):
    try:
        soft, hard = resource.getrlimit(kind)
        if hard != resource.RLIM_INFINITY:
            value = min(value, hard)
        resource.setrlimit(kind, (value, value))
    except (ValueError, OSError):
        pass


def end_orphans(spared):
    """Whoever still runs after its parent's end is killed, at once or when it comes up here."""
    for _ in range(100):
        try:
            pid, _status = waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            found = [child for child in children() if child not in spared]
            if not found:
                return
            for child in found:
                try:
                    kill(child, signal.SIGKILL)
                except OSError:
                    pass
            sigtimedwait({signal.SIGCHLD}, 0.05)


def has_children():
    try:
        waitpid(-1, os.WNOHANG)
        return True
    except ChildProcessError:
        return False


def children():
    try:
        with open("/proc/self/task/%d/children" % os.getpid()) as file:
            return [int(word) for word in file.read().split()]
    except (OSError, ValueError):
        return []


def entries():
    try:
        return set(os.listdir("."))
    except OSError:
        return set()


def is_restored(job):
    try:
        return job.restore()
    except BaseException:    # it knows no way, or none any more
        return False


def is_same(job):
    try:
        return job.same()
    except BaseException:    # it cannot be said any more
        return False


class Brood:
    """There may be several, each with a child that waits; none ends another's.

    prepare()     in a new child, before its first item
    work(item)    gives the item's record, bytes
    same()        in the child after its last item: is all state as it was?
    restore()     makes it so, if it can; may be missing
    lost(item, ended)  the record of an item that ended its child ("died" or "clock")
    alone(item)   must this item have a child of its own?
    careful(item) may it be expected to change state?
    notice(item)  this item changed state
    order         what `revive` makes the same job of, plain data; None: its children do not stay
    """

    waiting = set()     # the children that wait, of all broods

    def __init__(self, revive, close_in_child=()):
        self.revive = revive
        self.resident, self.age = None, 0     # the child that waits, and how much it has done
        self.memory = mmap.mmap(-1, SPACE)
        self.close_in_child = close_in_child
        self.births = 0
        self.restored = ()     # items of the last lot after which state was put back
        self.kept = entries()
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGCHLD})
        be_subreaper()

    def run(self, items, job, lot=256):
        records = [None] * len(items)
        waiting = self.lots(items, job, lot)
        waiting.reverse()
        while waiting:
            batch, careful = waiting.pop()
            self.restored = ()
            found, ended = self.have_done([items[one] for one in batch], job, careful)
            for number in self.restored:
                job.notice(items[batch[number]])
            lots = self.judge(batch, careful, found, ended, items, records, job)
            waiting.extend(one for one in lots if one[0])
        return records

    @staticmethod
    def lots(items, job, lot):
        """[(indexes, is it careful)]"""
        plain, careful, lots = [], [], []
        for index, item in enumerate(items):
            if job.alone(item):
                lots.append(([index], True))
            else:
                (careful if job.careful(item) else plain).append(index)
        for some, care in (plain, False), (careful, True):
            lots += [(some[at:at + lot], care) for at in range(0, len(some), lot)]
        return lots

    @staticmethod
    def judge(batch, careful, found, ended, items, records, job):
        """Keeps what may be kept; gives the lots that are to be done (again), last one first."""
        count = len(found)
        if ended == CHANGED and not careful:
            return [(batch, True)]
        if ended == CHANGED and not found:
            ended = "died"
        lost = ended in ("died", "clock")
        if lost:
            records[batch[count]] = job.lost(items[batch[count]], ended)
        if lost and not careful:
            # Nobody compared the state of those before: they are done again without it.
            return [(batch[count + 1:], False), (batch[:count], False)]
        if ended == CHANGED:
            job.notice(items[batch[count - 1]])
        for index, record in zip(batch, found):
            records[index] = record
        return [(batch[count + lost:], careful)]

    def tidy(self):
        """Files that a child left behind are not for the next one to find."""
        for name in entries() - self.kept:
            try:
                os.remove(name)
            except OSError:
                shutil.rmtree(name, ignore_errors=True)

    # ---- one child ------------------------------------------------------------------------

    def have_done(self, items, job, careful):
        """By the child that waits, if it knows the job; by a new one otherwise."""
        order = b"" if job.order is None or job.alone(items[0]) \
            else dumps((job.order, items, careful), 2)
        if not 0 < len(order) < SPACE // 2:
            return self.bear(items, job, careful, stays=False)
        if self.resident is None or self.age > LIFE:
            return self.bear(items, job, careful, stays=True)
        found, ended = self.hand_over(order, len(items))
        # An end like that may come from its age: a new one says whether it was these items.
        return self.bear(items, job, careful, stays=True) if ended == "died" else (found, ended)

    def bear(self, items, job, careful, stays):
        if stays:
            self.dismiss()
            self.age = 0
        token = int.from_bytes(urandom(8), "little")
        HEAD.pack_into(self.memory, 0, token, 0, 0, WORKING)
        space, parent = address_space(), getpid()
        self.births += 1
        gc.freeze()
        pid = fork()
        if pid == 0:
            try:
                self.live((items, job, careful), token, space, parent if stays else None)
            finally:
                _exit(0)
        return self.attend(pid, token, len(items))

    def hand_over(self, order, count):
        pid, token = self.resident, int.from_bytes(urandom(8), "little")
        start = HEAD.size + LENGTH.size
        LENGTH.pack_into(self.memory, HEAD.size, len(order))
        self.memory[start:start + len(order)] = order
        HEAD.pack_into(self.memory, 0, token, 0, 0, WORKING)
        try:
            kill(pid, signal.SIGCONT)
        except OSError:    # something that the target did has ended it
            self.forget(pid)
            return [], "died"
        return self.attend(pid, token, count)

    def attend(self, pid, token, count):
        ended = self.wait(pid)
        found, state = self.collect(token, count, ended)
        if ended == "stays":
            if state == SAME:
                self.resident, self.age = pid, self.age + count
                self.waiting.add(pid)
            else:    # it stopped itself in the middle of an item
                self.end(pid)
                ended, state = "clock", "clock" if state == "stays" else state
        if ended != "stays":
            self.forget(pid)
        end_orphans(self.waiting)
        self.tidy()
        return found, state

    def dismiss(self):
        if self.resident is not None:
            self.end(self.resident)
            self.forget(self.resident)

    def forget(self, pid):
        self.waiting.discard(pid)
        if self.resident == pid:
            self.resident = None

    def live(self, lot, token, space, parent):
        gc.disable()
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGCHLD})
        for fd in self.close_in_child:
            os.close(fd)
        try:
            os.setpgid(0, 0)
            with open("/proc/self/oom_score_adj", "w") as file:
                file.write("1000")
        except OSError:
            pass
        limit(resource.RLIMIT_AS, space + HEADROOM)
        limit(resource.RLIMIT_CORE, 0)
        limit(resource.RLIMIT_FSIZE, FILE_MAX)
        while self.work_off(*lot, token, parent is not None) and parent is not None:
            token, lot = self.next_order(token, parent)

    def work_off(self, items, job, careful, token, stays):
        """Is everything as it was?"""
        work, memory, pack, put = job.work, self.memory, HEAD.pack_into, LENGTH.pack_into
        job.prepare()
        at, restored = HEAD.size, []
        for number, item in enumerate(items):
            pack(memory, 0, token, number, number, WORKING)
            try:
                record = work(item)
            except BaseException:    # what we rely on has been replaced, by this item or before
                pack(memory, 0, token, number, number, CHANGED)
                return False
            if at + 4 + len(record) > SPACE:
                if number:
                    pack(memory, 0, token, number, number, FULL if is_same(job) else CHANGED)
                    return False
                record = job.lost(item, "died")
            put(memory, at, len(record))
            memory[at + 4:at + 4 + len(record)] = record
            at += 4 + len(record)
            if not careful:
                continue
            is_as_before = is_same(job)
            if has_children() or not is_as_before and not is_restored(job):
                pack(memory, 0, token, number + 1, number + 1, CHANGED)
                return False
            if not is_as_before:
                restored.append(number)
        if stays:
            collect_garbage()
        state = SAME if is_same(job) else CHANGED
        told = dumps(restored, 2)
        if restored and state == SAME and at + 4 + len(told) <= SPACE:
            put(memory, at, len(told))
            memory[at + 4:at + 4 + len(told)] = told
            state = RESTORED
        pack(memory, 0, token, len(items), len(items), state)
        return state != CHANGED and not has_children()

    def next_order(self, token, parent):
        """Stops; whoever else wakes it up finds it asleep again."""
        found = token
        while found == token:
            kill(getpid(), signal.SIGSTOP)
            if getppid() != parent:
                _exit(0)
            (found,) = struct.unpack_from("<Q", self.memory, 0)
        start = HEAD.size + LENGTH.size
        (length,) = LENGTH.unpack_from(self.memory, HEAD.size)
        order, items, careful = loads(self.memory[start:start + length])
        return found, (items, self.revive(order), careful)

    def wait(self, pid):
        """Waits for the child's end; one that neither finishes an item nor sleeps is ended."""
        seen, since, cpu = None, monotonic(), 0.0
        while True:
            sigtimedwait({signal.SIGCHLD}, POLL)
            try:
                found, status = waitpid(pid, os.WNOHANG | os.WUNTRACED)
            except ChildProcessError:
                return "died"
            if found == pid:
                return "stays" if os.WIFSTOPPED(status) else "died"
            progress = self.memory[8:24]
            if progress != seen:
                seen, since, cpu = progress, monotonic(), cpu_of(pid)
            elif cpu_of(pid) - cpu > SILENT_CPU or monotonic() - since > SILENT_WALL:
                self.end(pid)
                return "clock"

    @staticmethod
    def end(pid):
        for send in (os.killpg, kill):
            try:
                send(pid, signal.SIGKILL)
            except OSError:
                pass
        try:
            waitpid(pid, 0)
        except ChildProcessError:
            pass

    def collect(self, token, expected, ended):
        """The records of a child; what does not fit together counts as its death."""
        found_token, _item, done, state = HEAD.unpack_from(self.memory, 0)
        if found_token != token or done > expected:
            return [], "died"
        records, at = [], HEAD.size
        for _ in range(done):
            (length,) = LENGTH.unpack_from(self.memory, at)
            if at + 4 + length > SPACE:
                return records, "died"
            records.append(self.memory[at + 4:at + 4 + length])
            at += 4 + length
        if state == WORKING:
            return records[:expected - 1], ended
        if state == RESTORED:
            self.restored, state = self.changed_items(at, expected), SAME
        return records, state

    def changed_items(self, at, count):
        """Which items changed something that was put back, as the child says."""
        (length,) = LENGTH.unpack_from(self.memory, at)
        try:
            found = loads(self.memory[at + 4:at + 4 + length])
        except (ValueError, EOFError, TypeError):
            return ()
        return [one for one in found if type(one) is int and 0 <= one < count] \
            if type(found) is list else ()
