import { z } from 'zod';
import { fact, factAbout } from '../facts.ts';
import { met, notMet, rule, unknown } from '../rule.ts';

const Environment = z.enum(['staging', 'production']);

export const deployed = rule({
  name: 'deployed',
  help: 'Exactly the merged commit is deployed to the environment.',
  params: z.strictObject({ environment: Environment }),
  check({ environment }, { facts }) {
    const name = `the merged change is on ${environment}`;
    const sha = fact(facts, 'merge')?.sha;
    const deployment = sha ? factAbout(facts, environment, sha) : undefined;
    if (!deployment) return notMet(name, 'the deploy has not reported yet', 'world');
    if (deployment.state === 'success') return met(name, deployment.url ?? deployment.sha.slice(0, 7));
    if (deployment.state === 'failure') return notMet(name, deployment.because);
    return notMet(name, 'the deploy is running', 'world');
  },
});

export const soaked = rule({
  name: 'soaked',
  help: 'The change has been on the environment for a while; the catalog may name another time for a service.',
  params: z.strictObject({ environment: Environment, minutes: z.number().positive() }),
  overridable: true,
  check({ environment }, { facts, now }) {
    const name = `the change has soaked on ${environment}`;
    const sha = fact(facts, 'merge')?.sha;
    const soak = sha ? factAbout(facts, 'soak', sha) : undefined;
    if (!soak) return notMet(name, 'the soak has not started', 'world');
    const until = new Date(soak.until);
    return now >= until ? met(name, `since ${soak.until}`) : notMet(name, `until ${soak.until}`, 'world');
  },
});

export const deployChecksPass = rule({
  name: 'deploy_checks_pass',
  help: 'Every live check before the deploy passes for exactly the merged commit; unknown blocks.',
  params: z.strictObject({}),
  check(_, { facts }) {
    const name = 'the checks before the deploy pass';
    const sha = fact(facts, 'merge')?.sha;
    const checks = sha ? factAbout(facts, 'deploy_checks', sha) : undefined;
    if (!checks) return unknown(name, 'they were not made yet', 'work');
    if (checks.verdict === 'pass') return met(name, `${checks.checks.length} of ${checks.checks.length}`);
    const open = checks.checks.filter((check) => check.status !== 'pass');
    const because = open.map((check) => `${check.name}: ${check.because}`).join('; ');
    return checks.verdict === 'fail' ? notMet(name, because) : unknown(name, because);
  },
});

export const productionHealthy = rule({
  name: 'production_healthy',
  help: 'The watch window after the deploy ended without trouble.',
  params: z.strictObject({}),
  check(_, { facts }) {
    const name = 'production stays healthy through the watch window';
    const sha = fact(facts, 'merge')?.sha;
    const watch = sha ? factAbout(facts, 'watch', sha) : undefined;
    if (!watch) return notMet(name, 'the watch has not started', 'world');
    if (watch.state === 'healthy') return met(name, watch.because);
    if (watch.state === 'watching') return notMet(name, `watching until ${watch.until}`, 'world');
    return notMet(name, watch.because);
  },
});
