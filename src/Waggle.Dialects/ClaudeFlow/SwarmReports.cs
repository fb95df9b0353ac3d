using System.Text.Json;
using Waggle.Core.Agents;
using Waggle.Core.Consensus;
using Waggle.Core.Topology;
using Waggle.Dialects.Mapping;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Model;

namespace Waggle.Dialects.ClaudeFlow;

/// <summary>Proposals, votes and members: what a client publishes to the swarm channel.</summary>
internal static class SwarmReports
{
    // The messages have no deadline, which a proposal needs.
    private const long StandardDeadlineMs = 60_000;

    public static Intent Read(Publication published)
    {
        published.RequireSame("swarmId");
        return published.Name switch
        {
            "consensus" => Consensus(published),
            "decision" => Decision(published),
            "agent-joined" => Join(published),
            "agent-left" => Leave(published),
            "topology" => Topology(published),
            "message" => AgentMessages.ToSwarm(published),
            _ => throw published.NotAvailable("the hub tells it from what it counts and does itself."),
        };
    }

    private static CommandIntent Topology(Publication published)
    {
        var word = published.Data.RequiredText("newTopology");
        var kind = Vocabulary.ReadTopology(word) ?? throw PayloadReader.Invalid(
            $"data.newTopology is {string.Join(", ", Enum.GetValues<TopologyKind>().Select(Vocabulary.Of))}; it was '{PayloadReader.Clip(word)}'.");
        return new(published.Call, new SetTopology(published.Id, new TopologySpec { Kind = kind }, published.Data.Text("reason")) { By = published.By });
    }

    private static Intent Consensus(Publication published) => published.Data.RequiredText("type") switch
    {
        "proposed" => Open(published, "proposalId", "proposal", options: null),
        "voting" => Vote(published, "proposalId", "vote"),
        "accepted" or "rejected" => throw Counted(),
        var other => throw PayloadReader.Invalid($"data.type is proposed or voting; it was '{PayloadReader.Clip(other)}'."),
    };

    private static Intent Decision(Publication published)
    {
        if (published.Data.Find("result") is not null) throw Counted();
        return published.Data.Find("question") is null
            ? Vote(published, "decisionId", "option")
            : Open(published, "decisionId", "question", Options(published));
    }

    private static CommandIntent Open(Publication published, string id, string question, IReadOnlyList<string>? options)
    {
        var data = published.Data;
        if (data.Find(question) is not var (value, _)) throw PayloadReader.Invalid($"data.{question} is missing: what the swarm decides.");
        var spec = new ProposalSpec
        {
            Id = data.Text(id),
            Question = Questions.Of(value),
            Swarm = published.Id,
            Options = options,
            Electorate = Electorate(data),
            DeadlineMs = data.Number("deadlineMs") is { } ms ? (long)Math.Clamp(ms, -1, 1e15) : StandardDeadlineMs,
            Tie = Tie(data),
            Hidden = data.Flag("hidden") ?? false,
        };
        return new(published.Call, new OpenProposal(spec) { By = published.By });
    }

    private static TieRule? Tie(PayloadReader data)
    {
        if (data.Text("tie") is not { } word) return null;
        if (SnakeCase.TryParse<TieRule>(word, out var rule)) return rule;
        var words = string.Join(", ", Enum.GetValues<TieRule>().Select(SnakeCase.Of));
        throw PayloadReader.Invalid($"data.tie is {words}; it was '{PayloadReader.Clip(word)}'.");
    }

    private static Intent Vote(Publication published, string id, string field)
    {
        var proposal = published.Data.RequiredText(id);
        if (published.Data.Find("votes") is not var (votes, name) || votes.ValueKind != JsonValueKind.Array || votes.GetArrayLength() != 1)
            throw PayloadReader.Invalid("data.votes is an array with one vote: that of the connection's agent.");
        var vote = new PayloadReader(votes[0], $"{name}[0]");
        var (choice, confidence) = (vote.RequiredText(field), vote.Number("confidence"));
        var agent = vote.Text("agentId");
        CommandIntent Cast(Core.Principal by) => new(published.Call, new CastBallot(proposal, [choice], confidence, agent) { By = by });
        return agent is null ? Cast(published.By) : AgentBinding.As(published, agent, published.Id, Cast, keepsSwarm: true);
    }

    // Only the status moves a known agent: with another swarm, its worker could take it from the tasks and votes of its own by one wrong topic.
    private static Intent Join(Publication published)
    {
        var agent = published.Data.RequiredText("agentId");
        var call = published.Call with { Swarm = published.Id };
        return AgentBinding.As(published, agent, published.Id, by => new CommandIntent(call, new ShowAgent(agent) { By = by }), keepsSwarm: true);
    }

    private static CommandIntent Leave(Publication published)
    {
        var agent = published.Data.RequiredText("agentId");
        if (agent != AgentBinding.Own(published))
            throw new DialectException(new(ErrorCodes.Forbidden, $"This connection reports as agent '{published.By.Agent}': another agent leaves by itself."));
        return new(published.Call, new DrainAgent(agent) { By = published.By });
    }

    private static string[] Options(Publication published)
    {
        if (published.Data.Find("options") is not var (options, name)) throw PayloadReader.Invalid("data.options is missing: an array of texts.");

        // Every proposal of the hub has this option.
        return [.. Texts(options, name).Where(o => o != "abstain")];
    }

    private static Elector[]? Electorate(PayloadReader data) =>
        data.Find("electorate") is var (electors, name) ? [.. Texts(electors, name).Select(e => new Elector { Agent = e })] : null;

    private static string[] Texts(JsonElement array, string name)
    {
        if (array.ValueKind != JsonValueKind.Array || array.EnumerateArray().Any(e => e.ValueKind != JsonValueKind.String))
            throw PayloadReader.Wrong(name, "an array of texts", array);
        return [.. array.EnumerateArray().Select(e => e.GetString()!)];
    }

    private static DialectException Counted() =>
        new(new(ErrorCodes.Forbidden, "The hub counts the votes and announces the outcome itself; clients publish proposals and votes."));
}
