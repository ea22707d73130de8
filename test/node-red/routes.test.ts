import { describe, expect, it } from '@jest/globals';
import type { RequestHandler } from 'express';
import { readdirSync } from 'node:fs';
import type { NodeAPI } from 'node-red';

interface Route {
  /** `GET /path` */
  readonly name: string;
  readonly handlers: readonly (RequestHandler & { readonly asks?: string })[];
}

/** Notes the routes that are added to it, whatever they are added by. */
function recorder(routes: Route[]): object {
  return new Proxy(
    {},
    {
      get:
        (_, method: string) =>
        (path: string, ...handlers: RequestHandler[]) =>
          void routes.push({ name: `${method.toUpperCase()} ${path}`, handlers }),
    },
  );
}

/** Stands for everything that nothing is expected of. */
const anything: object = new Proxy(() => anything, { get: () => anything });

/** Every route that the palette adds to Node-RED, as its nodes are registered. */
async function routesOf(node?: { readonly type: string }): Promise<{ admin: Route[]; site: Route[] }> {
  const [admin, site]: [Route[], Route[]] = [[], []];
  const asking = (permission: string) => {
    // As Node-RED's own, nobody is logged in.
    const refuse: RequestHandler = (_request, response) => void response.sendStatus(401);
    return Object.assign(refuse, { asks: permission });
  };
  const known: Record<string, unknown> = {
    auth: { needsPermission: asking },
    httpAdmin: recorder(admin),
    httpNode: recorder(site),
    nodes: new Proxy({ getNode: () => node }, { get: (own, name) => (Reflect.get(own, name) as unknown) ?? anything }),
    settings: { httpNodeMiddleware: asking('httpNodeMiddleware') },
  };
  const RED = new Proxy(known, { get: (own, name: string) => own[name] ?? anything });
  const folders = readdirSync(new URL('../../src/node-red/nodes', import.meta.url), {
    recursive: true,
    encoding: 'utf8',
  });
  for (const file of folders.filter((name) => name.endsWith('runtime.ts'))) {
    const { default: register } = (await import(`../../src/node-red/nodes/${file}`)) as {
      default: (RED: NodeAPI) => void;
    };
    register(RED as unknown as NodeAPI);
  }
  return { admin, site };
}

/** The permissions that a route asks for before it does anything. */
function askedBy({ handlers }: Route): string[] {
  const first = handlers.findIndex(({ asks }) => asks === undefined);
  return handlers.slice(0, first).map(({ asks = '' }) => asks);
}

describe('what the palette adds to the editor', () => {
  const read = ['everfocus-nvr.read'];
  const write = ['everfocus-nvr.write'];

  // Without such a permission nothing is read, tested or changed: a new route stands here with what it asks for.
  it('asks for a permission before anything else, at every address', async () => {
    const { admin } = await routesOf();
    expect(Object.fromEntries(admin.map((route) => [route.name, askedBy(route)]))).toEqual({
      'GET /everfocus-nvr/forms': read,
      'GET /everfocus-nvr/:id/channel': read,
      'GET /everfocus-nvr/:id/alarm-in': read,
      'GET /everfocus-nvr/:id/alarm-out': read,
      'GET /everfocus-nvr/:id/preset': read,
      'GET /everfocus-nvr/:id/user': read,
      'GET /everfocus-nvr/:id/disk': read,
      'GET /everfocus-nvr/:id/camera-event': read,
      'GET /everfocus-nvr/:id/nvr-event': read,
      'GET /everfocus-nvr/:id/settings/:name': read,
      'GET /everfocus-nvr/:id/picture/:channel': read,
      'GET /everfocus-nvr/:id/certificate': read,
      'POST /everfocus-nvr/:id/certificate': [...write, 'flows.write'],
      'POST /everfocus-nvr/run/:id': write,
      'POST /everfocus-nvr/test': write,
      'POST /everfocus-nvr/discover': write,
      'POST /everfocus-nvr/examine': write,
      'POST /everfocus-nvr/capture': write,
      'POST /everfocus-nvr/:id/now': read,
      'POST /everfocus-nvr/typed/now': write,
      'POST /everfocus-nvr/typed/channel': write,
      'POST /everfocus-nvr/typed/alarm-in': write,
      'POST /everfocus-nvr/typed/alarm-out': write,
      'POST /everfocus-nvr/typed/preset': write,
      'POST /everfocus-nvr/typed/user': write,
      'POST /everfocus-nvr/typed/disk': write,
      'POST /everfocus-nvr/typed/camera-event': write,
      'POST /everfocus-nvr/typed/nvr-event': write,
      'POST /everfocus-nvr/typed/settings/:name': write,
    });
  });

  it.each([
    ['everfocus-settings', 401],
    ['everfocus-ptz', 401],
    ['everfocus-talk', 401],
    ['everfocus-recordings', undefined],
  ])('runs %s by its button for whoever may deploy, where it changes something', async (type, status) => {
    const { admin } = await routesOf({ type });
    const run = admin.find(({ name }) => name.startsWith('POST /everfocus-nvr/run/'));
    const answers: (number | undefined)[] = [];
    const response = { sendStatus: (code: number) => answers.push(code) };
    const next = () => answers.push(undefined);
    // Behind the permission to have anything run at all.
    (run?.handlers[1] as unknown as (...args: object[]) => void)({ params: { id: 'node' } }, response, next);
    expect(answers).toEqual([status]);
  });
});

describe('what the palette adds to the site', () => {
  it('is behind the middleware of HTTP nodes, at every address', async () => {
    const { site } = await routesOf();
    expect(site.map(({ name }) => name)).toContain('GET /everfocus/:node/:camera/live.mp4');
    for (const route of site)
      expect({ [route.name]: askedBy(route) }).toEqual({ [route.name]: ['httpNodeMiddleware'] });
  });
});
