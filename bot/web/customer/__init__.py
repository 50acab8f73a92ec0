"""The customer's face on the web: the widget's API, its events, Rasa's Socket.IO channel and the company's pages."""
