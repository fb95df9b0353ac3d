using System.CommandLine;
using System.CommandLine.Parsing;
using Waggle.Agents.Models;
using Waggle.Exec.Coding;
using Waggle.Exec.Models;

namespace Waggle.Exec;

/// <summary>What works on the tasks: a command, a coding agent or a model. Each has options of its own.</summary>
/// <param name="hooks">The options that name commands beside that of the tasks, which <paramref name="passToken"/> also concerns.</param>
internal sealed class WorkerChoice(
    Option exec, CodingSettings coding, ModelSettings model, Option result, Option mcp, Option passToken, params Option[] hooks)
{
    /// <returns>The error of options that do not belong together; null without one.</returns>
    public string? Problem(CommandResult given)
    {
        bool Has(Option option) => given.GetResult(option) is { Implicit: false };
        var hasMcpFile = given.GetResult(mcp) is { Tokens.Count: > 0 };
        if (Has(exec))
        {
            if (Has(coding.Agent)) return "Name either a command with --exec or a coding agent with --agent.";
            if (hasMcpFile) return "--mcp takes no file with --exec; the command receives the configuration of its task.";
            if (coding.All.FirstOrDefault(Has) is { } foreign) return $"{foreign.Name} belongs to --agent.";
            return model.All.FirstOrDefault(Has) is { } other ? $"{other.Name} belongs to --model." : null;
        }

        if (!Has(coding.Agent) && !Has(coding.Model)) return "Name a command with --exec, a coding agent with --agent, or a model with --model.";
        var what = Has(coding.Agent) ? "a coding agent" : "a model";
        if (Has(result)) return "--result belongs to --exec; the result of an agent is its answer.";
        if (Has(passToken) && !hooks.Any(Has))
            return $"--pass-token belongs to --exec, {string.Join(" and ", hooks.Select(hook => hook.Name))}; {what} receives no token of the hub.";
        if (Has(coding.Agent))
        {
            if (Has(mcp)) return "--mcp belongs to --exec and --model; a coding agent receives no MCP configuration of its task.";
            return model.All.FirstOrDefault(Has) is { } other ? $"{other.Name} belongs to --model without --agent." : null;
        }

        if (Has(mcp) && !hasMcpFile) return "--mcp needs a file with --model.";
        if (given.GetValue(coding.Model) is not { } name || ModelSpec.Parse(name) is null)
            return $"--model '{given.GetValue(coding.Model)}' without --agent is not {ModelSpec.Forms}.";
        return coding.All.Except(coding.Shared).FirstOrDefault(Has) is { } only ? $"{only.Name} belongs to --agent." : model.Problem(given);
    }
}
