using Waggle.Transport.WebSockets;

namespace Waggle.Transport.Tests.WebSockets;

public class DeflateOfferTests
{
    [Theory]
    [InlineData("permessage-deflate")]
    [InlineData("permessage-deflate; client_max_window_bits")]
    [InlineData("permessage-deflate; client_max_window_bits=9; server_no_context_takeover")]
    [InlineData("permessage-deflate; server_max_window_bits=15")]
    [InlineData("permessage-deflate;client_max_window_bits=\"10\"")]
    [InlineData("permessage-deflate; server_no_context_takeover; client_no_context_takeover")]
    [InlineData("x-webkit-deflate-frame, permessage-deflate; client_max_window_bits")]
    [InlineData("permessage-deflate; server_max_window_bits=10, permessage-deflate")]
    public void An_offer_that_the_server_can_meet_is_accepted(string offers) => Assert.StartsWith(DeflateOffer.Answer, DeflateOffer.Accept(offers), StringComparison.Ordinal);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("permessage-bzip2")]
    [InlineData("permessage-deflate; server_max_window_bits=10")]
    [InlineData("permessage-deflate; server_max_window_bits")]
    [InlineData("permessage-deflate; client_max_window_bits=7")]
    [InlineData("permessage-deflate; client_max_window_bits=16")]
    [InlineData("permessage-deflate; client_max_window_bits=08")]
    [InlineData("permessage-deflate; client_max_window_bits=")]
    [InlineData("permessage-deflate; server_no_context_takeover=1")]
    [InlineData("permessage-deflate; server_no_context_takeover; server_no_context_takeover")]
    [InlineData("permessage-deflate; unknown")]
    [InlineData("permessage-deflate;")]
    public void An_offer_that_is_invalid_or_cannot_be_met_is_declined(string? offers) => Assert.Null(DeflateOffer.Accept(offers));

    [Fact]
    public void An_offer_that_limits_the_servers_window_is_accepted_with_the_limit() => Assert.Equal(
        "permessage-deflate; server_no_context_takeover; client_no_context_takeover; server_max_window_bits=15",
        DeflateOffer.Accept("permessage-deflate; server_max_window_bits=15"));
}
