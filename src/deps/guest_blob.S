/* What installs packages inside a box, whole: a program for each kind. */
    .section .rodata
    .globl deps_python, deps_python_end
    .globl deps_npm, deps_npm_end
    .globl deps_maven, deps_maven_end
deps_python:
    .incbin "guest/deps/install.py"
deps_python_end:
    .byte 0
deps_npm:
    .incbin "guest/deps/install.mjs"
deps_npm_end:
    .byte 0
deps_maven:
    .incbin "guest/deps/Install.java"
deps_maven_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
