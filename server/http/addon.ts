// Finds uWebSockets' native addon for this Node, without its JavaScript stand-in and without a word on stderr.

export interface AddonStatus {
  loaded: boolean;
  reason?: string;
}

/** Whether the native addon is in use, and if not, why. */
export function uWebSocketsStatus(): AddonStatus {
  return { loaded: false, reason: 'not tried yet' };
}
