import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkDatabase } from './doctor/database.ts';
import { checkFiles, reposOf } from './doctor/files.ts';
import { type Finding, type Patient, reason, show, withoutSecrets } from './doctor/finding.ts';
import { checkGitHub } from './doctor/github.ts';
import { checkLinear } from './doctor/linear.ts';
import { checkMachine } from './doctor/machine.ts';
import { checkModel } from './doctor/model.ts';
import { checkRedis } from './doctor/redis.ts';
import { checkSlack } from './doctor/slack.ts';

/** `npm run doctor`: asks every part whether it works and says what to do. Ends with 1 when one does not. */

const root = resolve(import.meta.dirname, '..');
process.chdir(root);
if (existsSync('.env')) process.loadEnvFile('.env');

const patient: Patient = {
  env: process.env,
  root,
  configDir: resolve(process.env.LOCKSTEP_CONFIG || 'config'),
  dataDir: resolve(process.env.LOCKSTEP_DATA || '.data'),
};
const files = checkFiles(patient);
const sections: [title: string, findings: Promise<Finding[]>][] = [
  ['This machine', checkMachine(patient)],
  ['Your files', Promise.resolve(files.findings)],
  ['Database', checkDatabase(patient)],
  ['Queue', checkRedis(patient)],
  ['Slack', checkSlack(patient, files.settings)],
  ['GitHub', checkGitHub(patient, reposOf(files.catalog), files.settings)],
  ['Linear', checkLinear(patient)],
  ['Model', checkModel(patient, files.settings)],
];
const failures: Finding[] = [];
for (const [title, pending] of sections) {
  const findings = await pending.catch((error: unknown): Finding[] => [
    { mark: 'bad', text: `this check failed itself: ${reason(error)}`, todo: 'Please report it; it is our mistake.' },
  ]);
  failures.push(...findings.filter((finding) => finding.mark === 'bad'));
  process.stdout.write(`${withoutSecrets(show(title, findings), process.env)}\n`);
}
const { length } = failures;
process.stdout.write(
  length === 0 ? '\nAll is well.\n' : `\n${length} ${length === 1 ? 'thing needs' : 'things need'} you.\n`,
);
process.exitCode = length === 0 ? 0 : 1;
