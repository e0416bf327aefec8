# Ways to run a command or text as code that try not to look like it; a line of dashes parts them.
f = eval
f("1")
# ----
getattr(__builtins__, "ev" + "al")("1")
# ----
__builtins__.__dict__["exec"]("x = 1")
# ----
globals()["__builtins__"].eval("2")
# ----
import builtins as b
vars(b)["ex" "ec"]("1")
# ----
run = {"go": eval}
run["go"]("1")
# ----
getattr(__import__("os"), "".join(["s", "y", "s", "t", "e", "m"]))("id")
# ----
import os
getattr(os, "metsys"[::-1])("id " + x)
# ----
import importlib
importlib.import_module("o" + "s").system("id " + x)
# ----
import os as o
(lambda c: o.system(c))("id " + x)
# ----
from os import *
system("id " + x)
# ----
import sys
sys.modules["os"].popen("id " + x)
# ----
().__class__.__base__.__subclasses__()[80].__init__.__globals__["sys"]
# ----
import base64
exec(base64.b64decode("cHJpbnQoMSk="))
# ----
import codecs
eval(codecs.decode("cevag(1)", "rot13"))
# ----
name = bytes.fromhex("73797374656d").decode()
import os
getattr(os, name)("id " + x)
# ----
import functools, os
functools.partial(os.system, "id " + x)()
# ----
import os
list(map(os.system, commands))
# ----
@eval
class A:
    pass
# ----
class K:
    e = eval
K.e("1")
# ----
for q in (eval, exec):
    q("1")
# ----
x = [print, exec][1]
x("1")
# ----
import ctypes
ctypes.CDLL(None).system(b"id")
# ----
import pickle
class P:
    def __reduce__(self):
        return (print, ("x",))
pickle.loads(data)
# ----
import subprocess as s
s.__dict__["Po" + "pen"]("id " + x, shell=True)
# ----
chr_name = chr(101) + chr(118) + chr(97) + chr(108)
__builtins__[chr_name]("1")
