import { writeFile } from 'node:fs/promises';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { measureAnswers } from './answers.js';
import { loadSubjects } from './load-subjects.js';
import { parseOptions } from './options.js';
import { plot } from './plot.js';
import { table } from './report.js';
import { runBench } from './run-bench.js';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

const options = parseOptions();
if (!options) {
  process.stderr.write('npm run bench -- --checkpoint FOLDER [options, see tools/bench/README.md]\n');
  process.exit(2);
}

const machine = {
  cpu: cpus()[0]?.model ?? '?',
  cores: availableParallelism(),
  memory: totalmem(),
  node: process.version,
};
print(
  `${machine.cpu}, ${machine.cores} cores, ${Math.round(machine.memory / 2 ** 30)} GiB, Node ${machine.node}`,
);
const { subjects, rows } = await loadSubjects(options);
const names = subjects.map(({ name }) => name);
for (const { description } of subjects) print(description);
print(table(rows, subjects));
for await (const row of runBench(subjects, options.plan)) {
  rows.push(row);
  print(table([row], subjects).split('\n').at(-1) ?? '');
}
for (const subject of subjects) await subject.close();

const { lines, ...answers } = await measureAnswers(options);
print(`\n${table(rows, subjects)}\n\n${lines.join('\n')}`);
if (options.json !== undefined) {
  const described = subjects.map(({ name, description }) => ({ name, description }));
  const result = { machine, plan: options.plan, subjects: described, rows, ...answers };
  await writeFile(options.json, `${JSON.stringify(result, null, 2)}\n`);
}
if (options.plot !== undefined) {
  await writeFile(
    options.plot,
    plot(
      rows.filter(({ name }) => /^(prefill|decode)/.test(name)),
      names,
    ),
  );
}
