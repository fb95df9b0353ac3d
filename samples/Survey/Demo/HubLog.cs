using System.Net;
using System.Text.Json;
using Waggle.Survey.State;

namespace Waggle.Survey.Demo;

/// <summary>Reads the hub's log of tasks in parts.</summary>
internal sealed class HubLog(HttpClient http)
{
    private const int PieceSize = 500;

    /// <summary>Reads from the record after a position to the end of the log.</summary>
    /// <exception cref="SurveyException">The log no longer contains the position.</exception>
    public async Task ReadAsync(string since, Action<LogRecord> act, CancellationToken cancel)
    {
        var atHead = false;
        while (!atHead)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/events?pattern=task.%23&limit={PieceSize}&since={since}");
            request.Headers.Accept.Add(new("application/json"));
            using var answer = await http.SendAsync(request, cancel);
            if (answer.StatusCode == HttpStatusCode.NotFound)
                throw new SurveyException("the hub's log no longer reaches back to the beginning of the survey");
            using var body = await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync(cancel);
            var piece = (await JsonSerializer.DeserializeAsync(body, HubLogJson.Default.LogPiece, cancel))!;
            foreach (var record in piece.Records) act(record);
            (since, atHead) = (piece.Position, piece.AtHead);
        }
    }
}
