/** What browsers send to Node-RED's editor endpoints, and what they get: a part of the limits. */
export const editorLimits = {
  /** UTF-16 units of one field of the NVR's form: a host name has 253 at most. */
  field: 1024,
  /** UTF-16 units of one row of a form whose operation is run: a list of half-hours has 400. */
  row: 65_536,
  /** Suggestions of one pick list: a menu of more is no help. */
  choices: 1024,
  /** Cameras that are asked for their presets where none is chosen. */
  askedCameras: 64,
  /** Connection tests under way for one user: a form has one button. */
  testsOfUser: 1,
  /** Connection tests under way in all: each is a login at a host that somebody typed. */
  tests: 4,
  /** Pictures for dialogs under way for one user: a dialog shows one. */
  picturesOfUser: 1,
  /** Pictures for dialogs under way in all: each may open a live stream. */
  pictures: 4,
  /** Readings of NVRs that are not deployed, under way for one user: a form has some pick lists. */
  readsOfUser: 8,
  /** Readings of NVRs that are not deployed, under way in all. */
  reads: 32,
  /** NVRs that are asked though they are not deployed: each is a session at a host that somebody typed. */
  typedNvrs: 8,
  /** Operations that are run out of a form, under way for one user: a form has one button. */
  runsOfUser: 1,
  /** Operations that are run out of a form, under way in all. */
  runs: 4,
  /** ms until such an operation is given up. */
  run: 60_000,
  /** Values of a reply that the editor shows. */
  shown: 5000,
  /** UTF-16 units of the texts in it. */
  shownText: 500_000,
  /** Items of one list, or fields of one object, of them. */
  shownOfOne: 200,
  /** How deep they are nested. */
  shownDepth: 12,
  /** Searches for NVRs under way for one user. */
  searchesOfUser: 1,
  /** Searches for NVRs under way in all: each is a broadcast in every network of the machine. */
  searches: 2,
} as const;
