// Drives csm through the public TypeScript SDK. One flow a run: `node sdk.mjs FLOW`; what came out goes to stdout as
// one JSON value. CSM is the program, BASE_URL the scripted server, FOLDER the work tree.
import { existsSync } from "node:fs";

import { Codex } from "@openai/codex-sdk";

const { CSM, BASE_URL, FOLDER } = process.env;
const client = new Codex({
  codexPathOverride: CSM,
  apiKey: "sk-test-not-a-key",
  config: { model_provider: "scripted", model_providers: { scripted: { name: "scripted", base_url: BASE_URL } } },
});
const options = { workingDirectory: FOLDER, sandboxMode: "workspace-write", model: "gpt-5.5" };

const flows = {
  async run() {
    const turn = await client.startThread(options).run("say hello");
    return { final: turn.finalResponse, kinds: turn.items.map((item) => item.type), usage: turn.usage };
  },

  async streamed() {
    const { events } = await client.startThread(options).runStreamed("look around");
    const seen = [];
    for await (const event of events) seen.push(event.item ? `${event.type} ${event.item.type}` : event.type);
    return seen;
  },

  async resume() {
    const first = client.startThread(options);
    await first.run("one");
    const second = client.resumeThread(first.id, options);
    const turn = await second.run("two");
    return { same: first.id === second.id, final: turn.finalResponse };
  },

  async images() {
    const input = [
      { type: "text", text: "what is this" },
      { type: "local_image", path: `${FOLDER}/dot.png` },
    ];
    return (await client.startThread(options).run(input)).finalResponse;
  },

  async schema() {
    const outputSchema = {
      type: "object",
      properties: { answer: { type: "number" } },
      required: ["answer"],
      additionalProperties: false,
    };
    const turn = await client.startThread(options).run("count", { outputSchema });
    return JSON.parse(turn.finalResponse);
  },

  async abort() {
    const controller = new AbortController();
    const { events } = await client.startThread(options).runStreamed("wait", { signal: controller.signal });
    try {
      for await (const event of events) if (event.type === "turn.started") controller.abort();
      return "ended";
    } catch (error) {
      return error.name;
    }
  },

  async abortTool() {
    const controller = new AbortController();
    const thread = client.startThread(options);
    const { events } = await thread.runStreamed("wait", { signal: controller.signal });
    let caught = "ended";
    try {
      for await (const event of events) {
        if (event.type !== "item.started") continue;
        while (!existsSync(`${FOLDER}/begun`)) await new Promise((done) => setTimeout(done, 10));
        controller.abort();
      }
    } catch (error) {
      caught = error.name;
    }
    for (let tries = 0; tries < 100; tries++) {
      try {
        const turn = await client.resumeThread(thread.id, options).run("go on");
        return { caught, final: turn.finalResponse };
      } catch (error) {
        if (!`${error.message}`.includes("active writer")) throw error;
        await new Promise((done) => setTimeout(done, 50));
      }
    }
    return { caught, final: "still open" };
  },

  async failure() {
    try {
      await client.startThread(options).run("fail");
      return "no error";
    } catch (error) {
      return error.message;
    }
  },
};

process.stdout.write(JSON.stringify((await flows[process.argv[2]]()) ?? null));
