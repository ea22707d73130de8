import type { Node, NodeAPI, NodeDef, NodeMessage, NodeStatus } from 'node-red';
import { ClosedError, InvalidParameterError, type Nvr, type Subscription } from '../shared/index.js';
import { limits } from '../shared/internal.js';
import type { Action, Caller } from './actions/action.js';
import { byMessage } from './actions/choose.js';
import { type CallSettings, makeCall } from './call.js';
import { CallMonitor } from './call-monitor.js';
import { asError, codeOf, FlowError } from './errors.js';
import { type Migration, migrate } from './migrations.js';
import { finish, handOn } from './finish.js';
import { findNvr, nvrByMessage, nvrFor, type NvrNode } from './find-nvr.js';
import { checkRows } from './rows/row.js';
import { sourceReader } from './rows/source-reader.js';
import { failureStatus } from './status.js';
import { filesOf } from './store.js';

/** One kind of call node: its actions, and how old configurations become new ones. */
export interface CallNodeType {
  readonly type: string;
  readonly actions: readonly Action[];
  readonly migrations: readonly Migration[];
  /**
   * Begins what such a node does without a message.
   *
   * @param isBusy whether a call is under way
   * @returns what ends it
   */
  readonly started?: (node: Node, config: NodeDef, isBusy: () => boolean) => () => void;
  /**
   * Watches what the node shows while it has nothing to do.
   *
   * @returns what ends that; `undefined` where there is nothing to watch
   */
  readonly watch?: (
    settings: CallSettings,
    client: Nvr,
    show: (status: NodeStatus) => void,
  ) => Subscription | undefined;
}

/** A call node as it is stored; a flow made by hand may lack anything. */
interface StoredCall extends NodeDef, Partial<Omit<CallSettings, 'confirm'>> {
  readonly confirm?: unknown;
  /** Id of the `everfocus-nvr` node, or `msg.nvr`. */
  readonly nvr?: string;
  /** The property of the message that takes the reply. */
  readonly output?: string;
}

/** A call node ready to work. */
interface Setup {
  /** @throws FlowError */
  readonly nvrFor: (msg: NodeMessage) => NvrNode;
  /** Where it is always the same. */
  readonly client: Nvr | undefined;
  readonly settings: CallSettings;
  readonly output: string;
}

/** Registers a node that makes one call for each message. */
export function registerCallNode(RED: NodeAPI, kind: CallNodeType): void {
  RED.nodes.registerType(kind.type, function (this: Node, def: StoredCall) {
    RED.nodes.createNode(this, def);
    const setup = trySetup(RED, kind, def);
    // The status of the node before a deploy would stay.
    this.status(setup instanceof Error ? failureStatus(codeOf(setup)) : {});
    const monitor = new CallMonitor((status) => this.status(status));
    const closing = new AbortController();
    const watching =
      !(setup instanceof Error) && setup.client
        ? kind.watch?.(setup.settings, setup.client, (status) => monitor.idle(status))
        : undefined;

    this.on('input', (msg, send, done) => {
      if (setup instanceof Error) {
        finish(this, msg, done, setup);
        return;
      }
      const { settings, output } = setup;
      monitor.begun(operationOf(settings, msg));
      const answer = async () => {
        const caller: Caller = {
          ...{ node: this, folder: filesOf(RED) },
          send: (more) => send(more),
          show: (text) => monitor.goesOn(text),
          fail: (error) => {
            monitor.failed(codeOf(error));
            finish(this, msg, (failure) => this.error(failure, msg), error);
          },
        };
        const nvr = setup.nvrFor(msg);
        const context = { nvr, read: sourceReader(RED, this, msg), signal: closing.signal, caller };
        const { reply, report } = await makeCall(kind.actions, settings, msg, context);
        if (!isTaken(() => RED.util.setMessageProperty(msg, output, reply, true) && (msg['everfocus'] = report))) {
          throw new FlowError('INVALID_OUTPUT', `the call was made, but its reply has no place at msg.${output}`);
        }
        handOn(send, msg);
      };
      answer().then(
        () => {
          monitor.ended();
          finish(this, msg, done);
        },
        (error: unknown) => {
          // A deploy ended it, at this node or at the NVR: neither done nor wrong.
          if (closing.signal.aborted || error instanceof ClosedError) return monitor.ended();
          monitor.ended(codeOf(error));
          finish(this, msg, done, error);
        },
      );
    });
    const end = setup instanceof Error ? undefined : kind.started?.(this, def, () => monitor.isBusy);
    this.on('close', (_removed: boolean, done: () => void) => {
      end?.();
      watching?.close();
      monitor.close();
      closing.abort(new ClosedError('the node was closed during the call'));
      done();
    });
  });
}

function trySetup(RED: NodeAPI, { migrations }: CallNodeType, def: StoredCall): Setup | Error {
  try {
    const { nvr: id, operation = '', params = {}, confirm, output } = migrate(def, migrations);
    // What is chosen here can be told to be no use at once.
    const client = id === nvrByMessage ? undefined : findNvr(RED, id).client();
    return {
      client,
      nvrFor: (msg) => nvrFor(RED, id, msg),
      // Of a flow made by hand, `"false"` is no yes.
      settings: { operation: checkOperation(operation), params: checkRows(params), confirm: confirm === true },
      output: checkOutput(RED, output),
    };
  } catch (error) {
    return asError(error);
  }
}

/** Whether a message has taken what was put into it: one may be frozen. */
function isTaken(put: () => unknown): boolean {
  try {
    return Boolean(put());
  } catch {
    return false;
  }
}

/** What the status says is under way. */
function operationOf({ operation }: CallSettings, msg: NodeMessage): string {
  try {
    const named = operation === byMessage ? msg['operation'] : undefined;
    return typeof named === 'string' ? named : operation;
  } catch {
    return operation;
  }
}

/** @throws InvalidParameterError */
function checkOperation(stored: unknown): string {
  if (typeof stored === 'string') return stored;
  throw new InvalidParameterError('operation', 'must be text');
}

/** The property that takes the reply. @throws FlowError */
function checkOutput(RED: NodeAPI, output: unknown = ''): string {
  // Node-RED would go through all of whatever says that it has a length.
  if (typeof output !== 'string' || output.length > limits.text.line) {
    throw new FlowError('INVALID_OUTPUT', 'the output is no property of a message');
  }
  try {
    RED.util.normalisePropertyExpression(output || 'payload');
  } catch (error) {
    throw new FlowError('INVALID_OUTPUT', `"${output}" is no property of a message: ${asError(error).message}`);
  }
  return output || 'payload';
}
