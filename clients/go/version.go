package referrald

// Version of this client, and of the API that it was generated from.
const Version = "0.1.0"
