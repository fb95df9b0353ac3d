using System.CommandLine;
using Waggle.Agents;
using Waggle.Agents.Models;
using Waggle.Shared;

namespace Waggle.Exec.Coding;

/// <summary>The command line options of <c>waggle worker --agent</c>.</summary>
internal sealed class CodingSettings
{
    private readonly Option<string?> _agent = new("--agent")
    {
        Description = "The coding agent to run for each task, in place of --exec: " + string.Join(", ", CodingAgents.Names) + ". Its program must be in PATH.",
        HelpName = "name",
    };

    private readonly Option<string?> _folder = new("--folder")
    {
        Description = "The folder that the agent works in. Default: the present one.",
        HelpName = "path",
    };

    private readonly Option<AgentRights> _rights = new("--rights")
    {
        Description = "What the agent may do without asking. read-only: read files; edit: also edit the files of its folder; full: everything that its user "
            + "may do. The default is read-only.",
        HelpName = "read-only|edit|full",
        CustomParser = parsed =>
        {
            switch (parsed.Tokens[0].Value)
            {
                case "read-only": return AgentRights.ReadOnly;
                case "edit": return AgentRights.Edit;
                case "full": return AgentRights.Full;
                default:
                    parsed.AddError($"--rights '{parsed.Tokens[0].Value}' is not read-only, edit or full.");
                    return AgentRights.ReadOnly;
            }
        },
    };

    private readonly Option<Duration> _approvalTimeout = Durations.Option(
        "--approval-timeout",
        "The time for a person to answer when the agent asks for more rights, after which the answer is no. 0s denies at once and asks nobody.",
        TimeSpan.FromMinutes(10));

    private readonly Option<bool> _allowDenials = new("--allow-denials")
    {
        Description = "Complete a task although its agent was denied something. By default the task fails with PERMISSION_DENIED.",
    };

    private readonly Option<bool> _worktree = new("--worktree")
    {
        Description = "Give each task a git worktree of its own, beside the repository in NAME.worktrees. It stays while it has uncommitted changes.",
    };

    private readonly Option<Duration> _stallTimeout = Durations.Option(
        "--stall-timeout",
        "The silence after which an agent is stopped by SIGINT, then SIGTERM and SIGKILL, --kill-after apart, and its task is retried. 0s never stops it.",
        TimeSpan.FromMinutes(30));

    private readonly Option<string?> _model = new("--model")
    {
        Description = "With --agent, the model that the agent uses; by default the agent chooses. Without --agent, the model that works on the tasks itself: "
            + $"{ModelSpec.Forms}.",
        HelpName = "name",
    };

    private readonly Option<string[]> _arguments = new("--agent-arg")
    {
        Description = "One more argument of the agent's program. May be repeated.",
        HelpName = "argument",
    };

    private readonly Option<string[]> _variables = new("--pass-env")
    {
        Description = "The name of one more variable that the agent receives. By default it receives those of the system and its own credentials. May be "
            + "repeated.",
        HelpName = "name",
    };

    public CodingSettings()
    {
        _rights.CompletionSources.Add("read-only", "edit", "full");
        _agent.CompletionSources.Add([.. CodingAgents.Names]);
        _agent.Validators.Add(given =>
        {
            if (given.Tokens is [var name, ..] && CodingAgents.Find(name.Value) is null)
                given.AddError($"--agent '{name.Value}' is not one of {string.Join(", ", CodingAgents.Names)}.");
        });
        _folder.Validators.Add(given =>
        {
            if (given.Tokens is [var path, ..] && !Directory.Exists(path.Value)) given.AddError($"--folder '{path.Value}' is not a folder.");
        });
    }

    /// <summary>All options, the name of the agent first.</summary>
    public IReadOnlyList<Option> All => [_agent, _folder, _rights, _approvalTimeout, _allowDenials, _worktree, _stallTimeout, _model, _arguments, _variables];

    public Option<string?> Agent => _agent;

    /// <summary>The model of the agent, or, without an agent, the model that works on the tasks itself.</summary>
    public Option<string?> Model => _model;
    public Option<Duration> ApprovalTimeout => _approvalTimeout;
    public Option<bool> AllowDenials => _allowDenials;

    /// <summary>Those that a model without an agent has, too.</summary>
    public IReadOnlyList<Option> Shared => [_model, _approvalTimeout, _allowDenials];

    /// <returns>The options of the agent; null without one.</returns>
    public CodingOptions? Read(HubCall call) => call.Get(_agent) is not { } name ? null : new CodingOptions
    {
        Agent = CodingAgents.Find(name)!,
        Folder = Path.GetFullPath(call.Get(_folder) ?? "."),
        Rights = call.Get(_rights),
        Asks = call.Get(_approvalTimeout).Value > TimeSpan.Zero,
        ApprovalTimeout = call.Get(_approvalTimeout).Value,
        AllowDenials = call.Get(_allowDenials),
        UsesWorktree = call.Get(_worktree),
        StallTimeout = call.Get(_stallTimeout).Value,
        Model = call.Get(_model),
        Arguments = call.Get(_arguments) ?? [],
        Variables = call.Get(_variables) ?? [],
    };
}
