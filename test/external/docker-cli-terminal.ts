// The Docker CLI on a terminal: interactive shells, detach keys, interrupts.
import { type Case, I, typed } from './docker-cli-case.js';

const DAEMON = `docker run -d --name tm ${I} tail -f /dev/null >/dev/null`;
const SHELL = `docker run -dit --name tm ${I} sh >/dev/null`;
const GONE = 'docker rm -f tm >/dev/null';

export const terminalCases: readonly Case[] = [
  { name: 'run -it: a shell that is typed at, and its exit code', script: typed(`docker run -it --rm ${I} sh`, 'echo $((40+2))\\r', 'exit 4\\r'), exitCode: 4, stdout: /\n42\r\n/ },
  { name: 'run -it bash ends with Ctrl-D', script: typed(`docker run -it --rm ${I} bash`, 'echo $((40+2))\\r', '\\004'), stdout: /\n42\r\n/ },
  { name: 'readline\'s keys: the kill ring, the last argument, undo, the line in an editor', script: typed(`docker run -it --rm ${I} bash --norc`, 'echo one tw""o\\027\\027\\031\\r', ': a fir""st\\r', 'echo \\033.\\r', 'echo un""done\\027\\037\\r', 'EDITOR="sed -i s/old/new/"\\r', 'echo old\\030\\005', '\\004'), stdout: /\none two\r\n[^]*\nfirst\r\n[^]*\nundone\r\n[^]*\nnew\r\n/ },
  { name: 'attach and the default detach keys', script: `${SHELL}; ${typed('docker attach tm', 'echo $((40+2))\\r', '\\020\\021')}; docker inspect -f 'running={{.State.Running}}' tm; ${GONE}`, stdout: /42\r\n[\s\S]*read escape sequence\r\nrunning=true/ },
  { name: 'attach --detach-keys', script: `${SHELL}; ${typed('docker attach --detach-keys ctrl-a,d tm', '\\001d')}; docker inspect -f 'running={{.State.Running}}' tm; ${GONE}`, stdout: /read escape sequence\r\nrunning=true/ },
  { name: 'attach until the shell ends gives its exit code', script: `${SHELL}; ${typed('docker attach tm', 'exit 3\\r')}; s=$?; ${GONE}; exit $s`, exitCode: 3 },
  { name: 'run -it --detach-keys leaves the container running', script: `${typed(`docker run -it --name tm --detach-keys ctrl-x ${I} sh`, '\\030')}; docker inspect -f 'running={{.State.Running}}' tm; ${GONE}`, stdout: /running=true/ },
  { name: 'start -ai', script: `docker create -it --name tm ${I} sh >/dev/null; ${typed('docker start -ai tm', 'echo $((40+2))\\r', 'exit 5\\r')}; s=$?; ${GONE}; exit $s`, exitCode: 5, stdout: /\n42\r\n/ },
  { name: 'exec -it and its detach keys leave the program running', script: `${DAEMON}; ${typed('docker exec -it --detach-keys ctrl-x tm sh', '\\030')}; docker top tm -o comm | grep -cx sh; ${GONE}`, stdout: /read escape sequence\r\n1\n$/ },
  { name: 'exec -it is interrupted by Ctrl-C', script: `${DAEMON}; ${typed("docker exec -it tm sh -c 'sleep 100'", '\\003')}; s=$?; ${GONE}; exit $s`, exitCode: 130 },
  { name: 'a terminal has its size', script: typed(`docker run -it --rm ${I} sh -c 'test -t 0 && tty'`, ''), stdout: /\/dev\/pts\/\d+\r\n/ },
  { name: 'attach to a container that does not run', script: `docker create --name tm ${I} true >/dev/null; docker attach tm; s=$?; ${GONE}; exit $s`, exitCode: 1, stderr: /cannot attach to a stopped container/ },
];
