# SPDX-License-Identifier: GPL-2.0-or-later
# Copyright (C) 2026 the ipxe-spice developers
"""The 105 keys of a PC keyboard: QEMU's name, the bytes of its press in PS/2
set 1, X's name for it (unshifted, American layout with Num Lock off)."""

TABLE = """
esc 01 Escape
f1 3b F1
f2 3c F2
f3 3d F3
f4 3e F4
f5 3f F5
f6 40 F6
f7 41 F7
f8 42 F8
f9 43 F9
f10 44 F10
f11 57 F11
f12 58 F12
print e037 Print
scroll_lock 46 Scroll_Lock
pause e11d45 Pause
grave_accent 29 grave
1 02 1
2 03 2
3 04 3
4 05 4
5 06 5
6 07 6
7 08 7
8 09 8
9 0a 9
0 0b 0
minus 0c minus
equal 0d equal
backspace 0e BackSpace
tab 0f Tab
q 10 q
w 11 w
e 12 e
r 13 r
t 14 t
y 15 y
u 16 u
i 17 i
o 18 o
p 19 p
bracket_left 1a bracketleft
bracket_right 1b bracketright
ret 1c Return
caps_lock 3a Caps_Lock
a 1e a
s 1f s
d 20 d
f 21 f
g 22 g
h 23 h
j 24 j
k 25 k
l 26 l
semicolon 27 semicolon
apostrophe 28 apostrophe
backslash 2b backslash
shift 2a Shift_L
less 56 less
z 2c z
x 2d x
c 2e c
v 2f v
b 30 b
n 31 n
m 32 m
comma 33 comma
dot 34 period
slash 35 slash
shift_r 36 Shift_R
ctrl 1d Control_L
meta_l e05b Super_L
alt 38 Alt_L
spc 39 space
alt_r e038 Alt_R
meta_r e05c Super_R
compose e05d Menu
ctrl_r e01d Control_R
insert e052 Insert
home e047 Home
pgup e049 Prior
delete e053 Delete
end e04f End
pgdn e051 Next
up e048 Up
left e04b Left
down e050 Down
right e04d Right
num_lock 45 Num_Lock
kp_divide e035 KP_Divide
kp_multiply 37 KP_Multiply
kp_subtract 4a KP_Subtract
kp_7 47 KP_Home
kp_8 48 KP_Up
kp_9 49 KP_Prior
kp_add 4e KP_Add
kp_4 4b KP_Left
kp_5 4c KP_Begin
kp_6 4d KP_Right
kp_1 4f KP_End
kp_2 50 KP_Down
kp_3 51 KP_Next
kp_enter e01c KP_Enter
kp_0 52 KP_Insert
kp_decimal 53 KP_Delete
"""


class Key:
    """name: QEMU's; make, release: bytes; keysym: X's name."""

    def __init__(self, line):
        self.name, code, self.keysym = line.split()
        self.make = bytes.fromhex(code)
        if self.name == "pause":
            self.release = bytes.fromhex("e19dc5")
        else:
            self.release = self.make[:-1] + bytes([self.make[-1] | 0x80])


KEYS = [Key(line) for line in TABLE.split("\n") if line]
BY_NAME = {key.name: key for key in KEYS}
assert len(KEYS) == len(BY_NAME) == 105
