// The closing lines of the unit tests, as the runner of the browser tests writes them: `make test` counts both.
export default class Closing {
  onTestRunEnd(modules) {
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) for (const test of module.children.allTests()) counts[test.result().state] = (counts[test.result().state] ?? 0) + 1;
    // A file that cannot be read holds no test, and is a failure all the same.
    const broken = modules.filter((module) => module.state() === 'failed' && module.errors().length).length;
    console.log(`# pass ${counts.passed}\n# fail ${counts.failed + broken}\n# skipped ${counts.skipped}`);
  }
}
