// What a create request asks of the network: refused where the backend has none that could do it, never silently dropped.
import type { ContainerRecord, HostConfig } from '../../../actors/containers/record.js';
import type { JsonObject } from '../call.js';
import type { Daemon } from '../daemon.js';
import { Fault } from '../../../actors/runtime/fault.js';
import { findNetwork, noNetworks } from '../networks.js';

type NetworkingConfig = ContainerRecord['networkingConfig'];

/** The ports that a request wants reachable from outside. */
function publishedPorts(exposed: readonly string[], { PortBindings, PublishAllPorts }: HostConfig): string[] {
  const bound = Object.entries(PortBindings ?? {}).filter(([, bindings]) => (bindings ?? []).length > 0).map(([port]) => port);
  return PublishAllPorts === true ? [...new Set([...bound, ...exposed])] : bound;
}

/**
 * Docker's warnings for a new container. Throws 501 for published ports, links, fixed addresses and shared networks. A network that is
 * not there is told at the start, as dockerd does: clients take a 404 here for a missing image.
 */
export function checkNetworking(daemon: Daemon, body: JsonObject, exposed: readonly string[], host: HostConfig, networking: NetworkingConfig): string[] {
  const mode = host.NetworkMode;
  if (mode.startsWith('container:')) throw noNetworks(daemon, `the network of ${mode.slice('container:'.length)} cannot be shared`);
  const links = host.Links as readonly string[] | null | undefined;
  if (links && links.length > 0) throw noNetworks(daemon, `links (${links.join(', ')}) are not supported`);
  for (const endpoint of [body, ...Object.values(networking.EndpointsConfig ?? {})] as readonly { MacAddress?: string; IPAMConfig?: { IPv4Address?: string; IPv6Address?: string } | null }[]) {
    const address = endpoint?.MacAddress || endpoint?.IPAMConfig?.IPv4Address || endpoint?.IPAMConfig?.IPv6Address;
    if (address) throw noNetworks(daemon, `a container cannot be given the address ${address}`);
  }
  const ports = publishedPorts(exposed, host);
  if (ports.length === 0 || mode === 'none') return [];
  if (mode === 'host') return ['Published ports are discarded when using host network mode'];
  throw noNetworks(daemon, `ports cannot be published (${ports.join(', ')})`);
}

/** Throws Docker's 404 for a network of the container's that is not there. */
export function requireNetworks(daemon: Daemon, { hostConfig, networkingConfig }: ContainerRecord): void {
  for (const name of new Set([hostConfig.NetworkMode, ...Object.keys(networkingConfig.EndpointsConfig ?? {})])) {
    if (name !== 'default' && !findNetwork(daemon, name)) throw new Fault('not-found', `failed to set up container networking: network ${name} not found`);
  }
}
