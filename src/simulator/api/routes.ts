import type { Operation, Socket } from '../../shared/sdk/declaration.js';
import { type OperationId, operations, sockets } from '../../shared/sdk/index.js';

export type SocketId = keyof typeof sockets;

/** The operation that lives at that method and path. */
export function operationAt(method: string, path: string): { id: OperationId; operation: Operation } | undefined {
  const ids = Object.keys(operations) as OperationId[];
  const id = ids.find((each) => operations[each].method === method && operations[each].path === path);
  return id && { id, operation: operations[id] };
}

/** The WebSocket that lives at that path, and the fields that the path carries. */
export function socketAt(path: string): { id: SocketId; socket: Socket; fields: [string, string][] } | undefined {
  for (const id of Object.keys(sockets) as SocketId[]) {
    const socket: Socket = sockets[id];
    const match = pattern(socket.path).exec(path);
    if (match) return { id, socket, fields: Object.entries(match.groups ?? {}) };
  }
  return undefined;
}

function pattern(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`);
}
