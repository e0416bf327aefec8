# What `python3 -c` starts as a zygote: argv is MODULE_FD SOCKET_FD FLAVOUR. It loads the native
# module from its fd, which holds birth.py too, and hands over; no name of ours stays in __main__.
exec("""
import sys
path = "/proc/self/fd/" + sys.argv[1]
spec = __spec__.ModuleSpec("testudo_zygote", None, origin=path)
native = sys.modules["_imp"].create_dynamic(spec)
sys.modules["_imp"].exec_dynamic(native)
scope = {"__name__": "testudo_birth", "__builtins__": __builtins__, "native": native}
exec(native.source, scope)
scope["prepare"](int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
""", {"__builtins__": __builtins__, "__spec__": __import__("sys").modules["_frozen_importlib"]})
raise SystemError
