using System.CommandLine;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;
using Waggle.Shared;

namespace Waggle.Commands;

/// <summary>The options that describe a topology.</summary>
internal sealed class TopologyOptions
{
    private static readonly string[] Names = [.. Enum.GetValues<TopologyKind>().Select(kind => SnakeCase.Of(kind))];

    private readonly Option<TopologyKind?> _kind;

    private readonly Option<string[]> _leads = new("--lead")
    {
        Description =
            "An agent that leads a star or a hierarchy. May be repeated for hierarchical_mesh. Default: the one that is online and was registered first.",
        HelpName = "agent",
    };

    private readonly Option<string[]> _parents = new("--parent")
    {
        Description = "The parent of an agent in a hierarchy. May be repeated. Default: a lead.",
        HelpName = "agent=parent",
    };

    private readonly Option<string[]> _order = new("--order")
    {
        Description = "The next agent in the order of a ring. May be repeated. The others follow in the order of their registration.",
        HelpName = "agent",
    };

    /// <param name="name">The name of the option with the kind.</param>
    public TopologyOptions(string name)
    {
        _kind = new Option<TopologyKind?>(name)
        {
            Description = "Who of the agents may give tasks and messages to whom.",
            HelpName = string.Join('|', Names),
            CustomParser = result =>
            {
                var at = Array.IndexOf(Names, result.Tokens[0].Value.Replace('-', '_'));
                if (at >= 0) return Enum.GetValues<TopologyKind>()[at];
                result.AddError($"{name} '{result.Tokens[0].Value}' is not one of {string.Join(", ", Names)}.");
                return null;
            },
        };
        _kind.CompletionSources.Add(Names);
        _parents.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(t => t.Value.IndexOf('=', StringComparison.Ordinal) <= 0))
                result.AddError($"--parent '{token.Value}' is not of the form agent=parent.");
        });
    }

    public IEnumerable<Symbol> Symbols => [_kind, _leads, _parents, _order];

    /// <summary>Returns the topology that the options describe; null without a kind.</summary>
    /// <exception cref="CliException">There is no kind, and other options describe one.</exception>
    public TopologySpec? Read(HubCall call)
    {
        var (leads, parents, order) = (call.Get(_leads) ?? [], call.Get(_parents) ?? [], call.Get(_order) ?? []);
        if (call.Get(_kind) is not { } kind)
        {
            return leads.Length + parents.Length + order.Length == 0
                ? null
                : throw new CliException($"--lead, --parent and --order describe a topology: add {_kind.Name}.", ExitCodes.Usage);
        }

        var byAgent = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var text in parents)
        {
            var at = text.IndexOf('=', StringComparison.Ordinal);
            byAgent[text[..at]] = text[(at + 1)..];
        }

        return new TopologySpec
        {
            Kind = kind,
            Leads = leads.Length == 0 ? null : leads,
            Parents = byAgent.Count == 0 ? null : byAgent,
            Order = order.Length == 0 ? null : order,
        };
    }
}
