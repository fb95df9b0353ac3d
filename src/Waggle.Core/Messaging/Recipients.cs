using Waggle.Core.Agents;
using Waggle.Core.Kernel;
using Waggle.Core.Swarms;
using Waggle.Core.Topology;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Core.Messaging;

/// <summary>The agents that a message goes to.</summary>
internal static class Recipients
{
    public static (IReadOnlyList<string> Agents, Error? Problem) Of(SendMessage message, IHiveView view)
    {
        var from = message.By.Agent is { } id ? view.Agent(id) : null;
        if (message.By.Agent is not null && from is not { RemovedAt: null }) return Missing(message.By.Agent);
        var (agents, problem) = message.Agent is { } named ? One(from, named, view)
            : from is null ? OfUser(message, view)
            : message.Swarm is { } swarm && swarm != from.Swarm
                ? Refused(ErrorCodes.NotLinked, $"Agent '{from.Id}' is in another swarm, '{from.Swarm}'.")
            : OfAgent(from, message.To!.Value, view);
        if (problem is not null) return ([], problem);
        return agents.Count switch
        {
            0 => ([], new(ErrorCodes.InvalidState, Nobody(message.To!.Value))),
            > Limits.MaxMessageRecipients => ([], new(ErrorCodes.TooLarge, TooMany(message.To!.Value))),
            _ => (agents, null),
        };
    }

    private static string Nobody(MessageAudience to) => to == MessageAudience.Swarm
        ? "No other agent of the swarm that hears the sender is online now."
        : $"Nobody has the place {SnakeCase.Of(to)} now.";

    private static string TooMany(MessageAudience to) =>
        $"A message goes to at most {Limits.MaxMessageRecipients} agents; "
        + (to == MessageAudience.Swarm ? "more agents of the swarm hear the sender." : $"more have the place {SnakeCase.Of(to)}.");

    private static (IReadOnlyList<string>, Error?) One(AgentEntity? from, string to, IHiveView view)
    {
        if (view.Agent(to) is not { RemovedAt: null } agent) return Missing(to);
        if (from is null) return ([to], null);
        if (from.Id == to) return Refused(ErrorCodes.InvalidRequest, "An agent sends no messages to itself.");
        if (from.Swarm != agent.Swarm) return Refused(ErrorCodes.NotLinked, $"Agent '{to}' is in another swarm, '{agent.Swarm}'.");
        return view.Links(from.Swarm) is { } links && TopologyPolicy.MayMessage(links, from.Id, to) is { } why
            ? Refused(ErrorCodes.NotLinked, why)
            : ([to], null);
    }

    private static (IReadOnlyList<string>, Error?) OfUser(SendMessage message, IHiveView view)
    {
        var swarm = message.Swarm ?? SwarmEntity.DefaultId;
        if (view.Swarm(swarm) is null) return Refused(ErrorCodes.NotFound, $"There is no swarm '{swarm}'.");
        return message.To switch
        {
            MessageAudience.Neighbours or MessageAudience.Swarm => (Limited(view.OnlineIn(swarm)), null),
            MessageAudience.Lead => Leads(swarm, view),
            _ => Refused(ErrorCodes.InvalidRequest, "to is swarm, neighbours or lead for a sender that is no agent."),
        };
    }

    private static (IReadOnlyList<string>, Error?) OfAgent(AgentEntity from, MessageAudience to, IHiveView view)
    {
        var links = view.Links(from.Swarm);
        if (to is MessageAudience.Neighbours or MessageAudience.Swarm)
        {
            var linked = links is null ? view.OnlineIn(from.Swarm).Where(a => a != from.Id)
                : to == MessageAudience.Swarm ? TopologyPolicy.Hearers(links, from.Id)
                : TopologyPolicy.Neighbours(links, from.Id);
            return (Limited(linked), null);
        }

        if (to == MessageAudience.Lead)
        {
            var (leads, problem) = Leads(from.Swarm, view);
            if (problem is not null) return ([], problem);
            string[] others = [.. leads.Where(l => l != from.Id)];
            return others.FirstOrDefault(l => TopologyPolicy.MayMessage(links!, from.Id, l) is not null) is { } far
                ? Refused(ErrorCodes.NotLinked, TopologyPolicy.MayMessage(links!, from.Id, far)!)
                : (others, null);
        }

        var isTree = links is { Kind: TopologyKind.Star or TopologyKind.Hierarchical or TopologyKind.HierarchicalMesh };
        if (to == MessageAudience.Next ? links?.Kind != TopologyKind.Ring : !isTree) return NoPlace(to, links);
        return to switch
        {
            MessageAudience.Next => (links!.Next(from.Id) is { } next ? [next] : [], null),
            MessageAudience.Parent => (links!.Tree.ParentOf(from.Id) is { } parent ? [parent] : [], null),
            _ => (Limited(links!.Tree.ChildrenOf(from.Id)), null),
        };
    }

    // One more than a message goes to, so that the count shows whether there are too many.
    private static string[] Limited(IEnumerable<string> agents) => [.. agents.Take(Limits.MaxMessageRecipients + 1)];

    private static (IReadOnlyList<string>, Error?) Leads(string swarm, IHiveView view) =>
        view.Links(swarm) is { HasLeads: true } links ? (links.Leads, null) : NoPlace(MessageAudience.Lead, view.Links(swarm));

    private static (IReadOnlyList<string>, Error?) NoPlace(MessageAudience to, SwarmLinks? links) => Refused(
        ErrorCodes.InvalidState, $"The topology {SnakeCase.Of(links?.Kind ?? TopologyKind.Mesh)} has no place {SnakeCase.Of(to)}.");

    private static (IReadOnlyList<string>, Error?) Missing(string agent) => Refused(ErrorCodes.NotFound, $"There is no agent '{agent}'.");

    private static (IReadOnlyList<string>, Error?) Refused(string code, string message) => ([], new(code, message));
}
