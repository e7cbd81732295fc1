import fs from 'fs';
import { allCommands } from '/tmp/fz/wt/dist/actors/sandbox/commands/index.js';
import { TestMachine } from '/tmp/fz/wt/dist/test/support/machine.js';
const [sh,f]=process.argv.slice(2);
const m=new TestMachine({commands:allCommands,files:{'/tmp/fz/b':null,[f]:fs.readFileSync(f)}});
const st=m.start([sh,f],{cwd:'/tmp/fz/b',env:{PATH:'/usr/bin:/bin',HOME:'/root',LC_ALL:'C.UTF-8'},onStdout:b=>process.stdout.write(Buffer.from(b)),onStderr:b=>process.stdout.write(Buffer.from(b))});
st.stdin.end(); const r=await st.ended; for(const d of m.defects) console.log('DEFECT',d); process.exitCode=r.exitCode;
