// What each command is for, in one line: shown by --help.

const LINES = `
[ Check file types, compare values
ar List, extract or make archives of object files
arch Print the machine's architecture
awk Process records by patterns and actions
base32 Encode or decode base32
base64 Encode or decode base64
basename Strip directory and suffix from a name
bunzip2 Decompress bzip2 files
bzcat Decompress bzip2 files to stdout
bzip2 Compress or decompress bzip2 files
cal Show a calendar
cat Print FILEs to stdout
chgrp Change the group of files
chmod Change the permissions of files
chown Change owner and group of files
chpasswd Set passwords from lines of user:password
cksum Print CRC checksums and sizes of files
clear Clear the screen
cmp Compare two files byte by byte
comm Compare two sorted files line by line
cp Copy files and directories
cpio Copy files into and out of archives
crontab Keep a table of jobs
curl Transfer data from or to a URL
cut Print selected parts of lines
date Print or set the date
dd Copy a file, converting it on the way
df Show the space of file systems
diff Compare files line by line
dirname Strip the last part of a path
dos2unix Convert line ends from DOS to Unix
du Show the space that files take
echo Print the arguments
ed Edit a text by lines
egrep Search for extended regular expressions
env Run a program in a changed environment
expand Convert tabs to blanks
expr Evaluate an expression
factor Print prime factors
false Exit with failure
fgrep Search for fixed strings
file Say what kind of file something is
find Search for files in a directory hierarchy
fmt Fill and join the lines of paragraphs
fold Wrap lines to a width
free Show used and free memory
fuser Find who uses files and ports
getopt Parse command-line options
git Track changes of files
grep Search for lines that match a pattern
groups Print the groups of a user
gunzip Decompress gzip files
gzip Compress or decompress gzip files
head Print the first lines of files
hexdump Show bytes in hexadecimal or other forms
host Look up a name's address
hostid Print the host's number
hostname Print or set the host's name
id Print user and group ids
ifconfig Show network interfaces
install Copy files and set their attributes
join Join lines of two files on a common field
killall Send a signal to processes by name
last Show who has logged in
lastb Show who failed to log in
less View a file page by page
link Make a hard link
ln Make links between files
ls List directory contents
lsblk List block devices
lsof List open files
lzcat Decompress lzma files to stdout
lzma Compress or decompress lzma files
md5sum Print or check MD5 digests
make Bring files up to date as a makefile says
mkdir Make directories
mkfifo Make named pipes
mknod Make special files
mkpasswd Hash a password
mktemp Make a temporary file or directory
mount Attach a file system
mv Move or rename files
nc Read and write network connections
netstat Show listening ports and routes
nice Run a program with another priority
nl Number lines of files
nohup Run a program that hangups do not end
nproc Print the number of processors
nslookup Look up a name's address
numfmt Turn numbers from and into forms people read
od Dump bytes in octal or other forms
passwd Set, lock or take away a password
openssl Digests, ciphers, passwords, keys and random bytes
paste Merge lines of files
patch Apply a diff to files
pgrep List processes by name
pidof List process ids by name
pkill Send a signal to processes by name
printenv Print environment variables
pr Paginate or columnate files for printing
printf Format and print the arguments
prlimit Show and set the resource limits of a process
ps Show the processes
readlink Print where a symlink leads
realpath Print the resolved path
rev Reverse the characters of lines
rm Remove files or directories
rmdir Remove empty directories
route Show routes
sed Edit a stream of lines
seq Print numbers in sequence
sha1sum Print or check SHA1 digests
sha256sum Print or check SHA256 digests
sha3sum Print or check SHA3 digests
sha512sum Print or check SHA512 digests
shred Overwrite files, and remove them if asked
shuf Print lines in random order
sleep Wait for a time
sort Sort lines of files
split Split a file into pieces
ss Show listening ports
stat Show the status of files or file systems
stdbuf Run a program with other buffering
strings Print the texts in files
stty Show or change terminal settings
su Run a shell as another user
sum Print a checksum and the number of blocks
sync Write buffers to disk
tac Print lines in reverse order
tail Print the last lines of files
tar Make, list or extract archives
tee Copy stdin to files and stdout
test Check file types, compare values
timeout Run a program for a limited time
top Show the processes as they run
touch Change the times of files, or make them
tr Translate, squeeze or delete characters
true Exit with success
truncate Set the size of files
tsort Sort topologically
tty Print the terminal's name
umount Detach file systems
uname Print what system this is
uncompress Decompress files of compress
unexpand Convert blanks to tabs
uniq Drop repeated lines
unlink Remove one file
unlzma Decompress lzma files
unxz Decompress xz files
unzip Extract zip archives
uptime Show how long the machine has been up
usleep Wait for microseconds
vmstat Show memory and processor time
w Show who is logged in
watch Run a program again and again
wc Count lines, words and bytes
wget Fetch files over HTTP
which Find programs in PATH
whoami Print the user's name
xargs Run a program with arguments from stdin
xxd Dump bytes in hexadecimal, or read such a dump
xz Compress or decompress xz files
xzcat Decompress xz files to stdout
yes Print a line again and again
zcat Decompress gzip files to stdout
zip Make zip archives
`.trim().split('\n');

const DESCRIPTIONS: ReadonlyMap<string, string> = new Map(LINES.map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]));

/** A line, or nothing for a command that has none yet. */
export function describe(name: string): string {
  const description = DESCRIPTIONS.get(name);
  return description === undefined ? '' : `\n${description}\n`;
}
