// lsof, fuser, netstat and ss: who holds which files and ports, as the host's own tools tell it.
import test from 'ava';
import { agree, machineWith, runOurs } from '../commands-files/differential.js';

const script = (text: string): string[] => ['bash', '-c', text];
const HOLD = 'sleep 30 > held & holder=$!; sleep 0.2;';

test('files that are open are found by lsof and fuser', (t) => agree(t, { files: { free: '', 'dir/x': '' }, ignoreStderr: true }, [
  script(`${HOLD} test "$(lsof -t held)" = $holder; echo $?; test "$(fuser held)" -eq $holder; echo $?; fuser -s held; echo $?; kill $holder`),
  script(`${HOLD} lsof held | awk 'NR==1 { print } NR>1 { print $1, $3, $4, $5, $7, $NF }' | sed 's/  */ /g'; lsof -a -p $holder -d 1 -t | wc -l; kill $holder`),
  script(`${HOLD} fuser -k held >/dev/null; echo $?; wait $holder; echo $?`), script(`${HOLD} fuser -k -TERM held >/dev/null; wait $holder; echo $?`), script(`cd dir; sleep 30 & cd ..; fuser dir 2>&1 | grep -c c$; lsof +d dir -t | wc -l; kill $!`),
  ['lsof', 'free'], ['lsof', '-t', '-i', ':1'], ['lsof', 'nope'], ['lsof', '-p', '999999', '-t'], ['fuser', 'free'], ['fuser', '-s', 'free'], ['fuser', '1/tcp'], ['fuser'],
]));

test('messages of lsof are those of the host', (t) => agree(t, {}, [['lsof', 'nope']]));

test('listening ports are shown, and those who hold them end', async (t) => {
  const machine = machineWith();
  const run = async (text: string): Promise<string> => {
    const { stdout, stderr } = await runOurs(machine, script(`nc -lk -p 8080 >/dev/null & owner=$!; sleep 0.1; ${text}; kill $owner 2>/dev/null; wait`));
    return (stdout + stderr).replaceAll(/\b[1-9]\d{0,2}\b(?=[/,)\n]|c?$)/g, 'PID');
  };
  t.is(await run('netstat -tln'), 'Active Internet connections (only servers)\nProto Recv-Q Send-Q Local Address           Foreign Address         State      \ntcp        0      0 0.0.0.0:8080            0.0.0.0:*               LISTEN     \n');
  t.is(await run('netstat -tulpn | tail -1 | sed "s/  *$//"'), 'tcp        0      0 0.0.0.0:8080            0.0.0.0:*               LISTEN      PID/nc\n');
  t.is(await run('netstat -uln | wc -l; netstat -t | wc -l'), '2\n2\n'.replaceAll('2', 'PID'));
  t.is(await run('ss -tln'), 'State  Recv-Q Send-Q Local Address:Port Peer Address:PortProcess\nLISTEN 0      128          0.0.0.0:8080      0.0.0.0:*          \n');
  t.is(await run('ss -H -ltn; ss -Htun'), 'LISTEN 0      128    0.0.0.0:8080 0.0.0.0:*\n');
  t.is(await run('ss -tlnp | grep -o "users.*)"'), 'users:(("nc",pid=PID,fd=PID))\n');
  t.is(await run('lsof -i :8080 | awk "{ print \\$1, \\$3, \\$4, \\$5, \\$8, \\$9, \\$10 }"'), 'COMMAND USER FD TYPE NODE NAME \nnc root 3u IPv4 TCP *:8080 (LISTEN)\n');
  t.is(await run('test $(lsof -ti tcp:8080 -sTCP:LISTEN) = $owner; echo $?; lsof -ti:8080 -sTCP:ESTABLISHED; echo $?; lsof -ti :8081; echo $?; lsof -t -i 8080-; echo $?'), '0\n1\n1\n1\nlsof: unacceptable Internet address: -i 8080-\n'.replaceAll(/^1$/gm, 'PID'));
  t.is(await run('exec 2> /dev/null; fuser -k 8080/tcp > /dev/null; echo $?; wait $owner; echo $?; ss -Htln'), '0\nPID\n');
});
