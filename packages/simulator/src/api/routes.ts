import type { Operation, Socket } from '../../../../src/shared/sdk/declaration.js';
import { type OperationId, operations, sockets } from '../../../../src/shared/sdk/index.js';

export type SocketId = keyof typeof sockets;

type Route = { readonly id: OperationId; readonly operation: Operation };

/** The operations that live at that method and path: several where a constant of the body tells them apart (2.9–2.16). */
export function operationsAt(method: string, path: string): readonly Route[] {
  return (Object.keys(operations) as OperationId[])
    .map((id): Route => ({ id, operation: operations[id] }))
    .filter(({ operation }) => operation.method === method && operation.path === path);
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
