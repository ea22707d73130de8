import type { WidgetTypedInputTypeDefinition } from '@node-red/editor-client';

/** A property of a node as the editor keeps and checks it. */
export interface Property<Config, Value> {
  readonly value: Value;
  readonly required?: boolean;
  /** Type of the configuration node whose id it holds. */
  readonly type?: string;
  /** Only a validator with two parameters may answer with a reason. */
  readonly validate?: (this: EditedNode<Config>, value: Value, options: object) => boolean | string;
}

/** A node in the editor: what is stored of it, and which it is. */
export type EditedNode<Config> = Config & { readonly id: string; readonly type: string; readonly z?: string };

/** What the editor is told of a node type. */
export interface NodeType<Config> {
  readonly category: string;
  readonly color?: string;
  readonly icon?: string;
  readonly inputs?: 0 | 1;
  readonly outputs?: number;
  readonly paletteLabel?: string;
  /** Words besides its type and label that the palette is searched for. */
  readonly words?: string;
  readonly defaults: { readonly [Name in keyof Config]: Property<Config, Config[Name]> };
  readonly credentials?: Readonly<Record<string, { readonly type: 'text' | 'password' }>>;
  /** On the canvas, left of the node. */
  readonly button?: {
    readonly visible?: (this: EditedNode<Config>) => boolean;
    readonly onclick: (this: EditedNode<Config> & { readonly changed?: boolean }) => void;
  };
  readonly label: (this: EditedNode<Config>) => string;
  readonly labelStyle?: (this: EditedNode<Config>) => string;
  /** The palette has it. */
  readonly onpaletteadd?: () => void;
  /** It was dragged onto the canvas. */
  readonly onadd?: (this: EditedNode<Config>) => void;
  readonly oneditprepare?: (this: EditedNode<Config>) => void;
  readonly oneditsave?: (this: EditedNode<Config>) => void;
}

/** A type of Node-RED's typedInput, with what its typings leave out. */
export interface InputType extends WidgetTypedInputTypeDefinition {
  readonly autoComplete?: (text: string, done: (choices: object[]) => void) => void;
  readonly expand?: (this: JQuery) => void;
  readonly export?: () => string;
  readonly inputType?: 'password';
  readonly valueLabel?: (container: JQuery) => void;
}

interface TextWindow {
  readonly value: string;
  readonly complete: (text: string) => void;
}

/** What of Node-RED's `RED` these scripts use. */
interface Editor {
  readonly editor: {
    editText(options: TextWindow): void;
    editJSON(options: TextWindow): void;
    validateNode(node: object): void;
  };
  readonly history: {
    push(event: { readonly t: 'add'; readonly nodes: readonly string[]; readonly dirty: boolean }): void;
  };
  readonly nodes: {
    id(): string;
    import(nodes: readonly object[], options: { readonly markChanged: boolean }): void;
    dirty(): boolean;
    dirty(is: boolean): void;
    eachConfig(told: (node: { readonly id: string; readonly type: string; readonly z?: string }) => void): void;
    eachNode(told: (node: { readonly id: string; readonly type: string }) => void): void;
    /** What a type was registered with. */
    getType(type: string): object | undefined;
    node(id: string): (Readonly<Record<string, unknown>> & { readonly changed?: boolean }) | null | undefined;
  };
  readonly events: Record<'on' | 'off', (name: string, heard: (value: unknown) => void) => void>;
  /** The language that the editor is in. */
  readonly i18n: { lang(): string };
  readonly view: { redraw(): void };
  readonly user: { hasPermission(permission: string): boolean };
  readonly utils: {
    /** What the debug sidebar shows of a value. */
    createObjectElement(value: unknown, options: { sourceId: string; path: string; rootPath: string }): JQuery;
    validatePropertyExpression(text: string): boolean;
  };
  notify(message: string, type: 'success' | 'warning' | 'error'): void;
  _(key: string, values?: Readonly<Record<string, unknown>>): string;
}

/** The editor's own global. */
export const RED = (globalThis as unknown as { readonly RED: Editor }).RED;

/** Whether a node runs as the editor has it. One that was only loaded has no `changed` at all. */
export function isDeployed(id: string): boolean {
  const node = RED.nodes.node(id);
  return node !== null && node !== undefined && node.changed !== true;
}
