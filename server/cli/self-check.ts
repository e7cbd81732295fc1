// The check after `npm start`: one container through the server's own Docker API, its output for all to see.
import { FrameParser } from '../../actors/streams/frames.js';
import { Fault } from '../../actors/runtime/fault.js';
import { request, requestJson } from './api-client.js';
import { parseHost } from './places.js';

const IMAGE = 'sockerless/base';
const COMMAND = ['sh', '-c', 'echo "hello from $(hostname), a container on $(uname -s)"'];

/** Runs it and prints; a Fault when anything on the way fails. */
export async function selfCheck(host: string): Promise<void> {
  const address = parseHost(host);
  const { Id: id } = await requestJson<{ Id: string }>(address, 'POST', '/containers/create', { Image: IMAGE, Cmd: COMMAND });
  await requestJson(address, 'POST', `/containers/${id}/start`);
  const { StatusCode: exitCode } = await requestJson<{ StatusCode: number }>(address, 'POST', `/containers/${id}/wait`);
  const { body } = await request(address, 'GET', `/containers/${id}/logs?stdout=1&stderr=1`);
  await requestJson(address, 'DELETE', `/containers/${id}`);
  const parser = new FrameParser();
  const output = [...parser.push(body)].map(({ bytes }) => Buffer.from(bytes).toString('utf8')).join('');
  if (exitCode !== 0) throw new Fault('internal', `the self-check failed with exit code ${exitCode}: ${output}`);
  process.stdout.write(`docker run --rm ${IMAGE} ${COMMAND.map((word) => (/[\s"$]/.test(word) ? `'${word}'` : word)).join(' ')}\n${output}\nexport DOCKER_HOST=${host}\n`);
}
