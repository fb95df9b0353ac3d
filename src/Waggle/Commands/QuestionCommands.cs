using System.CommandLine;
using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary><c>waggle question …</c></summary>
internal static class QuestionCommands
{
    public static Command Create() => new("question", "List and answer the questions that workers ask about their tasks.")
    {
        List(),
        Show(),
        Answer(),
    };

    private static Command List()
    {
        var swarm = HubIds.SwarmOption("--swarm", "Only questions of this swarm.");
        var task = new Option<string?>("--task") { Description = "Only questions of this task.", HelpName = "task" };
        var all = new Option<bool>("--all") { Description = "Also questions that are closed." };
        var limit = Numbers.Option("--limit", "The maximum number of rows.", least: 1, most: 1_000_000, standard: 100);
        return HubCommand.Create(
            "list",
            "List the open questions, the newest first.",
            async call =>
            {
                var state = call.Get(all) ? (QuestionState?)null : QuestionState.Open;
                var found = new List<QuestionView>();
                await foreach (var question in (await call.ConnectAsync()).Questions.ListAsync(call.Get(swarm), call.Get(task), state, call.Cancel))
                {
                    found.Add(question);
                    if (found.Count == call.Get(limit)) break;
                }

                if (call.Print.IsJson) Printer.Json(writer => Write(writer, found));
                else Printer.Table(["QUESTION", "TASK", "STATE", "ASKED BY", "DEADLINE", "CHOICES", "TEXT"], [.. found.Select(Row)]);
                return ExitCodes.Ok;
            },
            swarm, task, all, limit);
    }

    private static Command Show()
    {
        var question = Question();
        return HubCommand.Create(
            "show",
            "Print a question and its answer.",
            async call =>
            {
                var found = await (await call.ConnectAsync()).Questions.GetAsync(call.Get(question), call.Cancel);
                return found is null ? Cli.Fail($"There is no question '{call.Get(question)}'.", ExitCodes.Failed) : Print(call, found);
            },
            question);
    }

    private static Command Answer()
    {
        var question = Question();
        var answer = new Argument<string?>("answer") { Description = "The answer as text, such as one of the choices.", Arity = ArgumentArity.ZeroOrOne };
        var json = new Option<string?>("--json-answer") { Description = "The answer as JSON, @FILE or - for standard input.", HelpName = "json" };
        return HubCommand.Create(
            "answer",
            "Answer a question as the user of the token. The task then goes on.",
            async call =>
            {
                if (call.Get(answer) is null == call.Get(json) is null)
                    return Cli.Fail("Give the answer as text, or as JSON by --json-answer.", ExitCodes.Usage);
                var value = call.Get(json) is { } given
                    ? await TaskInput.JsonAsync(given, "--json-answer", "--json-answer '\"text\"'", call.Cancel)
                    : RawJson.FromTrusted(JsonSerializer.SerializeToUtf8Bytes(call.Get(answer)!, HubJson.Default.String));
                return Print(call, await (await call.ConnectAsync()).Questions.AnswerAsync(call.Get(question), value, call.Cancel));
            },
            question, answer, json);
    }

    private static int Print(HubCall call, QuestionView question)
    {
        if (call.Print.IsJson) Printer.Json(question, HubJson.Default.QuestionView);
        else Printer.Pairs(Pairs(question));
        return ExitCodes.Ok;
    }

    private static Argument<string> Question() => new("question") { Description = "The question's id." };

    private static void Write(Utf8JsonWriter writer, List<QuestionView> questions)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("questions"u8);
        foreach (var question in questions) JsonSerializer.Serialize(writer, question, HubJson.Default.QuestionView);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static string?[] Row(QuestionView q) =>
        [q.Id, q.Task, SnakeCase.Of(q.State), q.Agent, Printer.Time(q.Deadline), Choices(q), PlainText.Clip(q.Text, 60)];

    private static IEnumerable<(string, string?)> Pairs(QuestionView q) =>
    [
        ("question", q.Id), ("task", $"{q.Task} ({q.Title})"), ("swarm", q.Swarm), ("asked by", $"{q.Agent}, attempt {q.Attempt}"), ("text", q.Text),
        ("choices", Choices(q)), ("schema", Json(q.Schema)), ("default", Json(q.Default)), ("state", SnakeCase.Of(q.State)),
        ("asked", Printer.Time(q.AskedAt)), ("deadline", Printer.Time(q.Deadline)), ("answer", Json(q.Answer)), ("answered by", q.AnsweredBy),
    ];

    private static string? Choices(QuestionView q) => q.Choices is { } choices ? string.Join(", ", choices) : null;

    private static string? Json(RawJson value) => value.IsNull ? null : JsonText.ForTerminal(value);
}
