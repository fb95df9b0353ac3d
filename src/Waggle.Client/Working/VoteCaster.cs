using System.Collections.Concurrent;
using Waggle.Protocol.Messages;

namespace Waggle.Client;

/// <summary>Runs the handler of votes for the proposals that the hub asks about, and sends its choice. Thread-safe.</summary>
#pragma warning disable CA1001 // A handler may end after the worker; a semaphore without a wait handle has nothing to free.
internal sealed class VoteCaster(WaggleWorkerOptions options, RequestTable requests)
#pragma warning restore CA1001
{
    private const int MostAtOnce = 8;

    // At most the hub's limit of open proposals.
    private readonly ConcurrentDictionary<string, bool> _asked = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _running = new(MostAtOnce);

    /// <summary>Begins to answer a request, unless its proposal is being answered already: the hub asks again after a reconnect.</summary>
    public void Request(VoteRequested request)
    {
        if (options.OnVote is not { } handler || !_asked.TryAdd(request.Proposal, true)) return;
        _ = Task.Run(() => VoteAsync(request, handler));
    }

    private async Task VoteAsync(VoteRequested request, Func<VoteRequested, CancellationToken, ValueTask<IReadOnlyList<string>?>> handler)
    {
        try
        {
            await _running.WaitAsync(requests.Ended);
            try
            {
                if (await handler(request, requests.Ended) is not { } choices) return;
                var vote = new VoteCast { Proposal = request.Proposal, Choices = choices };
                await requests.SendAsync(vote, HubJson.Default.BallotView, repeatable: true, CancellationToken.None);
            }
            finally
            {
                _running.Release();
            }
        }
        catch (OperationCanceledException) when (requests.Ended.IsCancellationRequested)
        {
            // The worker has ended, so it does not vote.
        }
        catch (Exception e)
        {
            options.OnVoteFailed?.Invoke(request.Proposal, e);
        }
        finally
        {
            _asked.TryRemove(request.Proposal, out _);
        }
    }
}
