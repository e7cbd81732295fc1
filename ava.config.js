// The test runner's settings: compiled tests of one output folder (dist, or a side build named by SOCKERLESS_DIST).
const dist = process.env.SOCKERLESS_DIST ?? 'dist';

export default {
  files: [`${dist}/test/**/*.test.js`],
  timeout: '2m',
  nodeArguments: ['--no-warnings'],
};
