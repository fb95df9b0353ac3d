using System.CommandLine;
using System.Globalization;
using Waggle.Agents.Models;
using Waggle.Exec.Coding;
using Waggle.Shared;

namespace Waggle.Exec.Models;

/// <summary>The command line options of <c>waggle worker --model</c>, beside those that it shares with coding agents.</summary>
internal sealed class ModelSettings
{
    private readonly Option<string?> _keyVariable = new("--api-key-env")
    {
        Description = "The name of the variable with the key of the model's provider. Default: OPENAI_API_KEY or ANTHROPIC_API_KEY; Ollama needs none.",
        HelpName = "name",
    };

    private readonly Option<bool> _noKey = new("--no-api-key") { Description = "The model's server needs no key." };

    private readonly Option<string?> _instructions = new("--instructions")
    {
        Description = "A file with the instructions that precede each task for the model. Default: none.",
        HelpName = "file",
    };

    private readonly Option<ToolApproval> _approve = new("--approve")
    {
        Description = "The uses of tools that become a question for a person. changes: of tools that do not say that they only read; all; none. The default is "
            + "changes.",
        HelpName = "changes|all|none",
        CustomParser = parsed =>
        {
            switch (parsed.Tokens[0].Value)
            {
                case "changes": return ToolApproval.Changes;
                case "all": return ToolApproval.All;
                case "none": return ToolApproval.None;
                default:
                    parsed.AddError($"--approve '{parsed.Tokens[0].Value}' is not changes, all or none.");
                    return ToolApproval.Changes;
            }
        },
    };

    private readonly Option<int> _turns =
        Numbers.Option("--max-turns", "The number of requests to the model for one attempt at a task.", least: 1, most: 10_000, standard: 30);

    private readonly Option<int> _tokens = Numbers.Option(
        "--max-tokens", "The number of tokens, input and output together, for one attempt at a task.", least: 1, most: int.MaxValue, standard: 1_000_000);

    private readonly Option<decimal?> _cost = new("--max-cost")
    {
        Description = "The cost in US dollars of one attempt at a task, by the prices of the hub. Default: no limit.",
        HelpName = "dollars",
        CustomParser = parsed =>
        {
            if (decimal.TryParse(parsed.Tokens[0].Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var dollars) && dollars > 0)
                return dollars;
            parsed.AddError($"--max-cost '{parsed.Tokens[0].Value}' is not a number of US dollars above 0.");
            return null;
        },
    };

    private readonly Option<Duration> _time = Durations.Option("--max-time", "The time of one attempt at a task.", TimeSpan.FromMinutes(30));

    private readonly Option<int?> _output = new("--max-output")
    {
        Description = "The number of tokens of one answer. Default: that of the provider; 16384 for Anthropic.",
        HelpName = "number",
        CustomParser = parsed =>
        {
            if (int.TryParse(parsed.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) && tokens > 0) return tokens;
            parsed.AddError($"--max-output '{parsed.Tokens[0].Value}' is not a whole number from 1 to {int.MaxValue}.");
            return null;
        },
    };

    public ModelSettings()
    {
        _approve.CompletionSources.Add("changes", "all", "none");
        _instructions.Validators.Add(given =>
        {
            if (given.Tokens is [var path, ..] && !File.Exists(path.Value)) given.AddError($"--instructions '{path.Value}' is not a file.");
        });
        _time.Validators.Add(given =>
        {
            if (given.Tokens is [var time, ..] && Durations.TryParse(time.Value, out var duration) && duration <= TimeSpan.Zero)
                given.AddError("--max-time is more than 0s.");
        });
    }

    public IReadOnlyList<Option> All => [_keyVariable, _noKey, _instructions, _approve, _turns, _tokens, _cost, _time, _output];

    /// <returns>The error of options that do not belong together; null without one.</returns>
    public string? Problem(System.CommandLine.Parsing.CommandResult given) =>
        given.GetResult(_keyVariable) is { Implicit: false } && given.GetResult(_noKey) is { Implicit: false }
            ? "Name either --api-key-env or --no-api-key."
            : null;

    /// <param name="mcp">The file of <c>--mcp</c>.</param>
    public ModelOptions Read(HubCall call, ModelSpec model, CodingSettings shared, string? mcp) => new()
    {
        Hub = call.Url,
        Token = call.Token,
        Model = model,
        KeyVariable = call.Get(_noKey) ? null : call.Get(_keyVariable) ?? model.KeyVariable,
        Limits = new(call.Get(_turns), call.Get(_tokens), call.Get(_cost), call.Get(_time).Value, call.Get(_output)),
        InstructionsFile = call.Get(_instructions),
        McpFile = mcp,
        Approval = call.Get(_approve),
        ApprovalTimeout = call.Get(shared.ApprovalTimeout).Value,
        AllowDenials = call.Get(shared.AllowDenials),
    };
}
