rm -rf /usr
rm -r /etc
rm -rf /home/
rm -rf /bin/
rm -rf /var
sudo rm -rf /lib
rm -rf /usr/local
rm -rf /usr/share
rm -r -f /boot
