// Reads a JSON array of resources from standard input and writes, for each, what two independent validators say of it.
// @medplum/core checks structure and invariants; fhir (fhir.js) checks the codes that R4 requires.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
globalThis.WebSocket ??= class {}; // older versions of node have none, and nothing here opens one
const { indexStructureDefinitionBundle, validateResource } = require('@medplum/core');
const { Fhir } = require('fhir');
const definitions = join(import.meta.dirname, 'node_modules', '@medplum', 'definitions', 'dist', 'fhir', 'r4');

for (const name of ['profiles-types.json', 'profiles-resources.json']) {
  indexStructureDefinitionBundle(JSON.parse(readFileSync(join(definitions, name), 'utf8')));
}
const codes = new Fhir();

function medplum(resource) {
  try {
    validateResource(resource);
    return [];
  } catch (error) {
    return (error.outcome?.issue ?? [{ details: { text: String(error) } }]).map(
      (issue) => `${issue.expression ?? ''} ${issue.details?.text}`
    );
  }
}

function fhirjs(resource) {
  const { messages } = codes.validate(resource, { errorOnUnexpected: true });
  return messages.filter((m) => m.severity === 'error' || m.severity === 'fatal').map((m) => `${m.location} ${m.message}`);
}

const resources = JSON.parse(readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(resources.map((one) => ({ medplum: medplum(one), fhirjs: fhirjs(one) }))));
