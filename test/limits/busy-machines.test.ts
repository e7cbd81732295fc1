// More busy containers than there are threads for: who comes too late is told so, and is served once another has ended.
import test from 'ava';
import { Api } from '../docker/api.js';

const api = new Api();
test.before(() => api.start({ busyMachines: 2 }));
test.after.always(() => api.end());

const BUSY = ['sh', '-c', 'while :; do sleep 0.1; done'];

test.serial('the third busy container of two is refused with what the limit is, and starts when one has ended', async (t) => {
  const first = await api.run('first', BUSY);
  await api.run('second', BUSY);
  const { json } = await api.request('POST /containers/create?name=third', { body: { Image: 'sockerless/base', Cmd: ['echo', 'late'] } });
  const refused = await api.request(`POST /containers/${json.Id}/start`);
  t.is(refused.status, 500);
  t.regex(refused.json.message, /too many running containers: the embedded machine is limited to 2 busy ones at a time/);
  t.is((await api.request(`GET /containers/${json.Id}/json`)).json.State.Status, 'created');
  await api.request(`POST /containers/${first}/kill`);
  await api.request(`POST /containers/${first}/wait`);
  t.is((await api.request(`POST /containers/${json.Id}/start`)).status, 204);
  t.is((await api.request(`POST /containers/${json.Id}/wait`)).json.StatusCode, 0);
});

test.serial('containers that only wait do not count', async (t) => {
  for (const name of ['w1', 'w2', 'w3', 'w4']) await api.run(name, ['sleep', '1000']);
  t.is((await api.request('GET /containers/json')).json.filter(({ State }: { State: string }) => State === 'running').length, 5);
});
