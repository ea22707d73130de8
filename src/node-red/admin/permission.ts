/** What a user needs to see forms and lists, to make the server call an NVR, and to change what it believes. */
export const permission = { read: 'everfocus-nvr.read', write: 'everfocus-nvr.write', deploy: 'flows.write' } as const;
