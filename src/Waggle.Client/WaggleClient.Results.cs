namespace Waggle.Client;

public sealed partial class WaggleClient
{
    /// <summary>
    /// The result of a task that completed, read as it comes: for one too long to be held in memory (<c>ResultRef</c> of the task says how long it is).
    /// </summary>
    /// <exception cref="WaggleException">NOT_FOUND: there is none (yet).</exception>
    public async Task<Stream> GetResultAsync(string task, CancellationToken cancel = default)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"api/v1/tasks/{Uri.EscapeDataString(task)}/result");

        // Whoever closes the stream closes the answer.
        var response = await _http.SendAsync(request, cancel);
        return await response.Content.ReadAsStreamAsync(cancel);
    }
}
