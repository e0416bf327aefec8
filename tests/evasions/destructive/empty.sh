where=$1
rm -rf "$where/"*
rm -rf "$where"/*
rm -rf "$where"/
rm -r "$where/$2"
rm -rf "${where}/bin"
rm -rf "${where}"/lib
rm -rf "$where/usr"
rm -rf "$(dirname "$2")/"*
rm -fr $where/*
sudo rm -rf "$where"/home
rm --recursive "$where"/*
