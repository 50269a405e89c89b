// Refuses to run the tests on a Node older than the project's, with a sentence instead of a stack.

export default function setup(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major > 24 || (major === 24 && minor >= 15)) return
  throw new Error(
    `These tests need Node 24.15 or newer and ran on ${process.versions.node}. ` +
      'Run them through npm (npm test): the project brings its own Node, installed by "npm ci".',
  )
}
