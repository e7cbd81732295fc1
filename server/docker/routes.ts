// The whole Docker Engine API as one table, readable as an index. What is not here yet answers 501 with Docker's error shape.
import { Fault } from '../../actors/runtime/fault.js';
import { attachContainer, attachWebSocket } from './containers/attach.js';
import { createContainer } from './containers/create.js';
import { containerChanges, exportContainer, readArchive, statArchive, writeArchive } from './containers/files.js';
import { killContainer, pauseContainer, removeContainer, renameContainer, restartContainer, startContainer, stopContainer, unpauseContainer, updateContainer } from './containers/lifecycle.js';
import { listContainers, pruneContainers } from './containers/list.js';
import { containerLogs } from './containers/logs.js';
import { containerStats, inspectContainer, resizeContainer, topContainer } from './containers/observe.js';
import { waitContainer } from './containers/wait.js';
import { streamEvents } from './events.js';
import { createExec, inspectExec, resizeExec, startExec } from './exec.js';
import { commitContainer, historyOfImage, inspectOneImage, listAllImages, pruneAllImages, removeImage, tagImage } from './images/manage.js';
import { createImage, inspectAtRegistry, loadImage, pushImages, saveImage, searchImages } from './images/transfer.js';
import { attachToNetwork, createNetwork, inspectNetwork, listNetworks, pruneNetworks, removeNetwork } from './networks.js';
import type { Handle, Route } from './router.js';
import { diskUsage, info, login, ping, pruneBuildCache, version } from './system.js';
import { createVolume, inspectVolume, listVolumes, pruneVolumes, removeVolume } from './volumes.js';

/** An operation of the API that is not offered. */
const missing = (what: string): Handle => () => {
  throw new Fault('unsupported', `${what} is not supported`);
};
/** Swarm's operations have their own answer on a node that is in no swarm. */
const noSwarm: Handle = () => {
  throw new Fault('unavailable', 'This node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again.');
};

const system: Route[] = [
  { method: 'HEAD', path: '/_ping', handle: ping, early: true },
  { method: 'GET', path: '/_ping', handle: ping, early: true },
  { method: 'GET', path: '/version', handle: version, early: true },
  { method: 'GET', path: '/info', handle: info },
  { method: 'GET', path: '/events', handle: streamEvents },
  { method: 'GET', path: '/system/df', handle: diskUsage },
  { method: 'POST', path: '/auth', handle: login },
];

const containers: Route[] = [
  { method: 'GET', path: '/containers/json', handle: listContainers },
  { method: 'POST', path: '/containers/create', handle: createContainer },
  { method: 'POST', path: '/containers/prune', handle: pruneContainers },
  { method: 'GET', path: '/containers/{id}/json', handle: inspectContainer },
  { method: 'GET', path: '/containers/{id}/top', handle: topContainer },
  { method: 'GET', path: '/containers/{id}/logs', handle: containerLogs },
  { method: 'GET', path: '/containers/{id}/stats', handle: containerStats },
  { method: 'GET', path: '/containers/{id}/changes', handle: containerChanges },
  { method: 'GET', path: '/containers/{id}/export', handle: exportContainer },
  { method: 'POST', path: '/containers/{id}/start', handle: startContainer },
  { method: 'POST', path: '/containers/{id}/stop', handle: stopContainer },
  { method: 'POST', path: '/containers/{id}/restart', handle: restartContainer },
  { method: 'POST', path: '/containers/{id}/kill', handle: killContainer },
  { method: 'POST', path: '/containers/{id}/pause', handle: pauseContainer },
  { method: 'POST', path: '/containers/{id}/unpause', handle: unpauseContainer },
  { method: 'POST', path: '/containers/{id}/rename', handle: renameContainer },
  { method: 'POST', path: '/containers/{id}/update', handle: updateContainer },
  { method: 'POST', path: '/containers/{id}/wait', handle: waitContainer },
  { method: 'POST', path: '/containers/{id}/resize', handle: resizeContainer },
  { method: 'POST', path: '/containers/{id}/attach', handle: attachContainer, hijack: true },
  { method: 'GET', path: '/containers/{id}/attach/ws', handle: attachWebSocket, hijack: true },
  { method: 'HEAD', path: '/containers/{id}/archive', handle: statArchive },
  { method: 'GET', path: '/containers/{id}/archive', handle: readArchive },
  { method: 'PUT', path: '/containers/{id}/archive', handle: writeArchive },
  { method: 'DELETE', path: '/containers/{id}', handle: removeContainer },
];

const execs: Route[] = [
  { method: 'POST', path: '/containers/{id}/exec', handle: createExec },
  { method: 'POST', path: '/exec/{id}/start', handle: startExec, hijack: true },
  { method: 'POST', path: '/exec/{id}/resize', handle: resizeExec },
  { method: 'GET', path: '/exec/{id}/json', handle: inspectExec },
];

const images: Route[] = [
  { method: 'GET', path: '/images/json', handle: listAllImages },
  { method: 'POST', path: '/images/create', handle: createImage },
  { method: 'POST', path: '/images/load', handle: loadImage },
  { method: 'POST', path: '/images/prune', handle: pruneAllImages },
  { method: 'GET', path: '/images/get', handle: saveImage },
  { method: 'GET', path: '/images/search', handle: searchImages },
  { method: 'POST', path: '/commit', handle: commitContainer },
  { method: 'GET', path: '/images/{name...}/json', handle: inspectOneImage },
  { method: 'GET', path: '/images/{name...}/history', handle: historyOfImage },
  { method: 'GET', path: '/images/{name...}/get', handle: saveImage },
  { method: 'GET', path: '/distribution/{name...}/json', handle: inspectAtRegistry },
  { method: 'POST', path: '/images/{name...}/push', handle: pushImages },
  { method: 'POST', path: '/images/{name...}/tag', handle: tagImage },
  { method: 'DELETE', path: '/images/{name...}', handle: removeImage },
];

const volumes: Route[] = [
  { method: 'GET', path: '/volumes', handle: listVolumes },
  { method: 'POST', path: '/volumes/create', handle: createVolume },
  { method: 'POST', path: '/volumes/prune', handle: pruneVolumes },
  { method: 'GET', path: '/volumes/{name}', handle: inspectVolume },
  { method: 'PUT', path: '/volumes/{name}', handle: noSwarm },
  { method: 'DELETE', path: '/volumes/{name}', handle: removeVolume },
];

const networks: Route[] = [
  { method: 'GET', path: '/networks', handle: listNetworks },
  { method: 'POST', path: '/networks/create', handle: createNetwork },
  { method: 'POST', path: '/networks/prune', handle: pruneNetworks },
  { method: 'GET', path: '/networks/{id}', handle: inspectNetwork },
  { method: 'DELETE', path: '/networks/{id}', handle: removeNetwork },
  { method: 'POST', path: '/networks/{id}/connect', handle: attachToNetwork },
  { method: 'POST', path: '/networks/{id}/disconnect', handle: attachToNetwork },
];

const building: Route[] = [
  { method: 'POST', path: '/build', handle: missing('building images') },
  { method: 'POST', path: '/build/prune', handle: pruneBuildCache },
  { method: 'POST', path: '/build/cancel', handle: missing('building images') },
  { method: 'POST', path: '/session', handle: missing('BuildKit sessions') },
  { method: 'POST', path: '/grpc', handle: missing('BuildKit') },
];

const PLUGIN = missing('plugins');
/** None can be installed, so none is there. */
const noSuchPlugin: Handle = ({ params }) => {
  throw new Fault('not-found', `plugin "${params.name}" not found`);
};
const plugins: Route[] = [
  { method: 'GET', path: '/plugins', handle: (call) => call.reply(200, []) },
  { method: 'GET', path: '/plugins/privileges', handle: PLUGIN },
  { method: 'POST', path: '/plugins/pull', handle: PLUGIN },
  { method: 'POST', path: '/plugins/create', handle: PLUGIN },
  { method: 'GET', path: '/plugins/{name...}/json', handle: noSuchPlugin },
  { method: 'POST', path: '/plugins/{name...}', handle: PLUGIN },
  { method: 'DELETE', path: '/plugins/{name...}', handle: noSuchPlugin },
];

const SWARM_METHODS = ['GET', 'POST', 'DELETE'] as const;
const swarm: Route[] = [
  { method: 'POST', path: '/swarm/init', handle: missing('swarm mode') },
  { method: 'POST', path: '/swarm/join', handle: missing('swarm mode') },
  ...['/swarm', '/swarm/{rest...}', '/nodes', '/nodes/{rest...}', '/services', '/services/{rest...}', '/tasks', '/tasks/{rest...}', '/secrets', '/secrets/{rest...}', '/configs', '/configs/{rest...}']
    .flatMap((path) => SWARM_METHODS.map((method): Route => ({ method, path, handle: noSwarm }))),
];

export const routes: readonly Route[] = [...system, ...containers, ...execs, ...images, ...volumes, ...networks, ...building, ...plugins, ...swarm];
