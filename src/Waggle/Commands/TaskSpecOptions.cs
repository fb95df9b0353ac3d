using System.CommandLine;
using Waggle.Commands.Shared;
using Waggle.Protocol.Model;

namespace Waggle.Commands;

/// <summary>Everything that a task's creator can say of it, as options.</summary>
internal sealed class TaskSpecOptions
{
    private readonly Argument<string> _title = new("title") { Description = "What is to be done, for people." };
    private readonly Option<string?> _prompt = new("--prompt")
    {
        Description = "Input for a language model: {\"prompt\": …}; @FILE reads a file, - standard input, @@ begins a text with an @. Excludes --input.",
        HelpName = "text|@file|-",
    };

    private readonly Option<string?> _input = new("--input") { Description = "Input as JSON; @FILE reads a file, - standard input.", HelpName = "json|@file|-" };
    private readonly Option<string?> _type = new("--type") { Description = "The sort of work: the task goes to agents that take this type, and to those that take all." };
    private readonly Option<string?> _swarm = new("--swarm") { Description = "The swarm that works on it. Default: default." };
    private readonly Option<Dictionary<string, double>> _requires =
        Capabilities.Option("--requires", "A capability that its agent needs, and the least proficiency. May be repeated.", standard: 0);
    private readonly Option<int?> _priority = new("--priority") { Description = "1 (first) to 5 (last), default 3." };
    private readonly Option<string[]> _dependsOn = new("--depends-on") { Description = "Id of a task that must end first. May be repeated.", HelpName = "id" };
    private readonly Option<string?> _join =
        new("--join") { Description = "all_completed: the first dependency that ends otherwise cancels it; all_ended: however they end." };
    private readonly Option<string?> _assignTo = new("--assign-to") { Description = "Only this agent may have it." };
    private readonly Option<string?> _parent = new("--parent") { Description = "The task that it belongs to." };
    private readonly Option<string?> _key = new("--idempotency-key") { Description = "Creating again with the same key answers with the task that exists." };
    private readonly Option<Dictionary<string, string>> _metadata = TaskInput.Metadata("--metadata");
    private readonly Option<int?> _lease = new("--lease-ms") { Description = "How long an assignment holds without a renewal." };
    private readonly Option<int?> _maxAttempts = new("--max-attempts") { Description = "Failed attempts until it is a dead letter." };
    private readonly Option<int?> _poison = new("--poison-losses") { Description = "Lost workers until it is a dead letter." };
    private readonly Option<int?> _backoffBase = new("--backoff-base-ms") { Description = "First wait before another attempt." };
    private readonly Option<int?> _backoffCap = new("--backoff-cap-ms") { Description = "Longest wait before another attempt." };
    private readonly Option<long?> _toStart = new("--schedule-to-start-ms") { Description = "Longest wait in the queue." };
    private readonly Option<long?> _startToClose = new("--start-to-close-ms") { Description = "Longest attempt." };
    private readonly Option<long?> _toClose = new("--schedule-to-close-ms") { Description = "Longest life from creation to end." };
    private readonly Option<int?> _cancelGrace = new("--cancel-grace-ms") { Description = "How long its worker has to obey a cancellation." };

    public TaskSpecOptions() => _join.AcceptOnlyFromAmong("all_completed", "all_ended");

    public IEnumerable<Symbol> All =>
    [
        _title, _prompt, _input, _type, _swarm, _requires, _priority, _dependsOn, _join, _assignTo, _parent, _key, _metadata,
        _lease, _maxAttempts, _poison, _backoffBase, _backoffCap, _toStart, _startToClose, _toClose, _cancelGrace,
    ];

    public async Task<TaskSpec> ReadAsync(HubCall call) => new()
    {
        Title = call.Get(_title),
        Input = await TaskInput.ReadAsync(call.Get(_prompt), call.Get(_input), call.Cancel),
        Type = call.Get(_type),
        Swarm = call.Get(_swarm),
        Requires = call.Get(_requires) is { Count: > 0 } requires ? requires : null,
        Priority = call.Get(_priority),
        DependsOn = call.Get(_dependsOn) is { Length: > 0 } ids ? ids : null,
        Join = call.Get(_join) is { } join && WireNames.TryParse<JoinRule>(join, out var rule) ? rule : null,
        AssignTo = call.Get(_assignTo),
        Parent = call.Get(_parent),
        IdempotencyKey = call.Get(_key),
        Metadata = call.Get(_metadata) is { Count: > 0 } metadata ? metadata : null,
        LeaseMs = call.Get(_lease),
        MaxAttempts = call.Get(_maxAttempts),
        PoisonLosses = call.Get(_poison),
        BackoffBaseMs = call.Get(_backoffBase),
        BackoffCapMs = call.Get(_backoffCap),
        ScheduleToStartMs = call.Get(_toStart),
        StartToCloseMs = call.Get(_startToClose),
        ScheduleToCloseMs = call.Get(_toClose),
        CancelGraceMs = call.Get(_cancelGrace),
    };
}
